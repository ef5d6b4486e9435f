import {Buffer} from 'node:buffer';
import {readdirSync} from 'node:fs';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {Engine} from '../../source/engine/engine.ts';
import type {Secret} from '../../source/engine/repository/repository.ts';
import {startEngine} from '../../source/engine/thread/client.ts';
import type {EngineClientOptions, EngineThread} from '../../source/engine/thread/engine-client.ts';
import {createFolder} from './source-folder.ts';

/** A new repository on disk, and an engine in a thread that has it open; both go when the test ends. */
export type ThreadedEngine = {
	readonly client: EngineThread;
	/** What the client was started with. */
	readonly options: EngineClientOptions;
	readonly secret: Secret;
	/** Objects of runs that have not ended as they should. */
	leftovers(): string[];
	/** Start another one. */
	start(changes?: Partial<EngineClientOptions>): EngineThread;
};

/** Make a repository, and start an engine for it. */
export async function createThreadedEngine(t: ExecutionContext, changes: Partial<EngineClientOptions> = {}): Promise<ThreadedEngine> {
	const folder = createFolder(t);
	const repositoryUrl = path.join(folder, 'repository');
	let secret: Secret = {};
	const engine = await Engine.create({
		repositoryUrl, stateFolder: path.join(folder, 'state'), label: 'test',
		secret(slotId) {
			secret = {keyFile: {slotId, key: Buffer.alloc(32, 7)}};
			return secret;
		},
	});
	await engine.close();
	const options: EngineClientOptions = {repositoryUrl, stateFolder: path.join(folder, 'state'), sources: [{name: 'files', kind: 'files'}], program: 'coffer test', secret: () => secret, ...changes};
	const start = (more: Partial<EngineClientOptions> = {}) => {
		const client = startEngine({...options, ...more});
		t.teardown(async () => client.terminate());
		return client;
	};

	return {
		client: start(), options, secret, start,
		leftovers: () => ['tmp', 'writers'].flatMap(name => readdirSync(path.join(repositoryUrl, name))),
	};
}
