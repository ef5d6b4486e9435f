import {stat} from 'node:fs/promises';
import process from 'node:process';
import {assessClock, hasExtendedAttributes, type ClockState} from '../../engine/index.ts';
import {logChannels} from '../../logs/channel.ts';
import {logFileOf} from '../../logs/log-files.ts';
import type {CommandContext} from '../command-line.ts';
import {fail, ok, warn, type Check} from './check.ts';

const neededNode = 24;

/** The Node that runs this. */
export function checkNode(version = process.versions.node): Check {
	return Number(version.split('.', 1)[0]) >= neededNode
		? ok('node', `Node ${version}`)
		: fail('node', `Node ${version}`, `Install Node ${neededNode} or newer.`);
}

/** The native module for extended attributes. */
export function checkExtendedAttributes(isThere = hasExtendedAttributes()): Check {
	return isThere
		? ok('extended attributes', 'can be read and restored')
		: warn('extended attributes', 'the module that reads them does not load on this machine', 'ACLs and capabilities are not kept. Install coffer anew here with "npm install --global", so that npm brings the module for this platform.');
}

async function newestChange(files: readonly string[]): Promise<number | undefined> {
	const times = await Promise.all(files.map(async file => {
		try {
			const {mtimeMs} = await stat(file);
			return mtimeMs;
		} catch {
			return 0;
		}
	}));
	const newest = Math.max(0, ...times);
	return newest === 0 ? undefined : newest;
}

const time = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** What a repository tells of the past. */
type Traces = {readonly newestSnapshot?: string | undefined; readonly folder?: string | undefined};

/** What can be told of the clock from the newest snapshot, and from files that this program writes; and what was compared. @param folder - Of the repository, where it has one. */
export async function readClock({runtime, paths, log}: CommandContext, {newestSnapshot, folder}: Traces): Promise<{readonly state: ClockState; readonly evidence: string}> {
	const newestFileMs = await newestChange([paths.stateFolder, ...logChannels.map(channel => logFileOf(log.folder, channel)), paths.configFile, ...(folder === undefined ? [] : [folder])]);
	const now = runtime.now();
	const evidence = [
		`it is ${time(now)}`,
		...(newestSnapshot === undefined ? [] : [`the newest snapshot is of ${newestSnapshot}`]),
		...(newestFileMs === undefined ? [] : [`the newest file is of ${time(newestFileMs)}`]),
	].join('; ');
	return {state: assessClock(now, {newestSnapshot, newestFileMs}), evidence};
}

/** Whether the clock can be right. @param traces - See `readClock`. */
export async function checkClock(context: CommandContext, traces: Traces): Promise<Check> {
	const {state, evidence} = await readClock(context, traces);
	const checks: Readonly<Record<ClockState, () => Check>> = {
		ok: () => ok('clock', evidence),
		'slightly-behind': () => warn('clock', evidence, 'The clock is behind. Let it be set by the network (timedatectl set-ntp true).'),
		behind: () => fail('clock', evidence, 'The clock is wrong, and so would be the times of snapshots. Set it (timedatectl set-ntp true), and look at what set it back.'),
		ahead: () => warn('clock', evidence, 'Nothing was backed up for over a year, or the clock is ahead. Compare it with another clock.'),
	};
	return checks[state]();
}
