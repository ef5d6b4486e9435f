import {constants} from 'node:fs';
import {stat, statfs} from 'node:fs/promises';
import process from 'node:process';
import {errorText, systemErrorCode, type HostFacts, type PlaceFacts} from '../../engine/index.ts';
import {lackOf, nearestFolder} from '../checks/folders.ts';
import {readClock} from '../checks/host.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import {locateKey} from '../secrets.ts';
import {examineProgram} from './program-files.ts';

/** A place as it lies there; none where there is nothing. What cannot even be looked at is told as its lack. @param needs - Modes of access(2) of which each is needed. */
async function readPlace(what: PlaceFacts['what'], path: string, needs: number): Promise<PlaceFacts[]> {
	try {
		const {mode, uid} = await stat(path);
		const lack = needs === 0 ? undefined : await lackOf(path, needs);
		return [{what, path, mode: mode & 0o7777, uid, ...(lack !== undefined && {lack})}];
	} catch (error) {
		if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) {
			return [];
		}

		return [{what, path, mode: 0, uid: process.geteuid?.() ?? 0, lack: errorText(error)}];
	}
}

/** The files and folders of this program, and who may do what with them. A key that systemd hands in has permissions of its own. */
export async function readPlaces(context: CommandContext, config: LoadedConfig | undefined, url: string): Promise<PlaceFacts[]> {
	const {paths} = context;
	const key = await locateKey(context, config);
	const {R_OK, W_OK, X_OK} = constants;
	const isBackingUp = (config?.sources.length ?? 0) > 0;
	const places = await Promise.all([
		key?.kind === 'file' ? readPlace('key file', key.file, 0) : [],
		config === undefined ? [] : readPlace('configuration', config.file, 0),
		readPlace('state folder', paths.stateFolder, W_OK | X_OK),
		url.startsWith('/') ? readPlace('repository', url, R_OK | X_OK | (isBackingUp ? W_OK : 0)) : [],
	]);
	return places.flat();
}

async function deviceOf(path: string): Promise<bigint | undefined> {
	try {
		const {dev} = await stat(path, {bigint: true});
		return dev;
	} catch {
		return undefined;
	}
}

async function readStateSpace(folder: string, url: string): Promise<HostFacts['stateSpace']> {
	const nearest = await nearestFolder(folder);
	if (url.startsWith('/') && await deviceOf(nearest) === await deviceOf(url)) {
		return undefined;
	}

	const {bavail, blocks, bsize, files, ffree} = await statfs(nearest);
	return {folder, freeBytes: bavail * bsize, totalBytes: blocks * bsize, ...(files > 0 && {freeInodes: ffree, totalInodes: files})};
}

/** What is known of the repository by then. */
export type Vantage = {
	readonly url: string;
	/** When the newest snapshot was made, where that is known: RFC 3339. */
	readonly newestSnapshot?: string | undefined;
};

/**
What can be seen of this host beside its repository.
@throws what the system throws where the state folder cannot be looked at
*/
export async function readHostFacts(context: CommandContext, config: LoadedConfig | undefined, {url, newestSnapshot}: Vantage): Promise<HostFacts> {
	const {runtime, paths} = context;
	const {state} = await readClock(context, {newestSnapshot, folder: url.startsWith('/') ? url : undefined});
	const program = await examineProgram(context, {isTrusted: context.arguments.isSet('trustProgram')});
	const stateSpace = await readStateSpace(paths.stateFolder, url);
	return {
		host: runtime.identity.host,
		uid: process.geteuid?.() ?? 0,
		places: await readPlaces(context, config, url),
		clock: state,
		time: new Date(runtime.now()).toISOString(),
		...(program && {program}),
		...(stateSpace && {stateSpace}),
	};
}
