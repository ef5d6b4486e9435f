import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {createKeyFile, createSystemRuntime, Engine} from '../../source/engine/index.ts';
import {TestHost} from './run-coffer.ts';
import {writeLayout, type Layout} from './source-folder.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** A source, and how it was backed up before the test begins. */
export type PastSource = {
	readonly name: string;
	/** What was written into its folder, over what was there, and backed up so many days ago. */
	readonly backups: ReadonlyArray<{readonly daysAgo: number; readonly files: Layout}>;
	/** @default true */
	readonly isConfigured?: boolean;
};

/** Where the files of a source are. */
export const sourceFolder = (host: TestHost, name: string): string => host.path('data', name);

/**
A host that has been running for a while: with configuration, key file, repository, and backups of earlier days.
@param sources - In the order of the configuration.
*/
export async function createHostWithPast(t: ExecutionContext, sources: readonly PastSource[]): Promise<TestHost> {
	const host = new TestHost(t);
	for (const folder of [path.dirname(host.keyFile), path.dirname(host.repository), ...sources.map(({name}) => sourceFolder(host, name))]) {
		mkdirSync(folder, {recursive: true, mode: 0o700});
	}

	writeFileSync(host.configFile, JSON.stringify({
		repository: host.repository,
		key: {file: host.keyFile},
		sources: sources.filter(({isConfigured}) => isConfigured !== false).map(({name}) => ({name, paths: [sourceFolder(host, name)]})),
	}), {mode: 0o600});

	const events = sources.flatMap(({name, backups}) => backups.map(backup => ({...backup, name}))).toSorted((a, b) => b.daysAgo - a.daysAgo);
	let agoMs = (events[0]?.daysAgo ?? 0) * dayMs;
	const system = createSystemRuntime();
	const runtime = {...system, now: () => system.now() - agoMs};
	const engine = await Engine.create({
		repositoryUrl: host.repository, stateFolder: host.stateFolder, runtime, label: 'test',
		async secret(slotId) {
			const keyFile = {slotId, key: runtime.randomBytes(32)};
			await createKeyFile(host.keyFile, keyFile);
			return {keyFile};
		},
	});
	try {
		for (const {name, daysAgo, files} of events) {
			agoMs = daysAgo * dayMs;
			writeLayout(sourceFolder(host, name), files);
			await engine.backup({source: {kind: 'files', name, paths: [sourceFolder(host, name)]}, class: 'daily'});
		}
	} finally {
		await engine.close();
	}

	return host;
}
