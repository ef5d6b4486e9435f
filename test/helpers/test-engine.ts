import {Buffer} from 'node:buffer';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {Engine} from '../../source/engine/engine.ts';
import type {EngineEvent} from '../../source/engine/events.ts';
import type {RepositoryId, SlotId} from '../../source/engine/ids.ts';
import {createSystemRuntime, type Runtime} from '../../source/engine/runtime.ts';
import {HostState} from '../../source/engine/state/host-state.ts';
import {createFolder, type Layout} from './source-folder.ts';

/** A host with one repository on disk and one source, which engines are opened on as often as one likes. */
export type EngineHost = {
	readonly folder: string;
	readonly stateFolder: string;
	readonly repository: string;
	/** The source `data`. */
	readonly data: string;
	readonly source: {readonly kind: 'files'; readonly name: 'data'; readonly paths: readonly string[]};
	/** Messages of all warnings. */
	readonly warnings: string[];
	/** Put the clock of all engines forward, or back. */
	forward(durationMs: number): void;
	/** Another engine, as another process would open it. @param stateFolder - @default the host's */
	open(stateFolder?: string): Promise<Engine>;
	/** The state alone, as another process would read it. */
	openState(repository: RepositoryId): HostState;
	/** Change the source, so that a backup has something to do. */
	change(text: string): void;
};

/** The system's runtime with a clock that can be put forward; whatever never ends goes on as before. */
function createShiftedRuntime(): {readonly runtime: Runtime; forward(durationMs: number): void} {
	const system = createSystemRuntime();
	let aheadMs = 0;
	const runtime = Object.create(system, {
		now: {value: () => system.now() + aheadMs},
		monotonicMs: {value: () => system.monotonicMs() + aheadMs},
	}) as Runtime;
	return {runtime, forward(durationMs) {
		aheadMs += durationMs;
	}};
}

/** Make a host, and a repository on it. @param layout - Of the source. @default one small file */
export async function createEngineHost(t: ExecutionContext, layout?: Layout): Promise<EngineHost> {
	const folder = createFolder(t);
	const data = createFolder(t, layout ?? {file: 'text'});
	const repository = path.join(folder, 'repository');
	const {runtime, forward} = createShiftedRuntime();
	const warnings: string[] = [];
	const engines: Engine[] = [];
	t.teardown(async () => {
		await Promise.all(engines.map(async engine => engine.close()));
	});
	const key = Buffer.alloc(32, 7);
	let slot: SlotId | undefined;
	const options = {
		repositoryUrl: repository,
		runtime,
		onEvent(event: EngineEvent) {
			if (event.event === 'warning') {
				warnings.push(event.message);
			}
		},
	};
	const stateFolder = path.join(folder, 'state');
	const first = await Engine.create({...options, stateFolder, label: 'test', secret(slotId) {
		slot = slotId;
		return {keyFile: {slotId, key}};
	}});
	await first.close();
	return {
		folder,
		stateFolder,
		repository,
		data,
		source: {kind: 'files', name: 'data', paths: [data]},
		warnings,
		forward,
		async open(state = stateFolder) {
			const engine = await Engine.open({...options, stateFolder: state, secret: () => ({keyFile: {slotId: slot!, key}})});
			engines.push(engine);
			return engine;
		},
		openState(id) {
			const state = new HostState(stateFolder, id, {runtime, warn(message) {
				warnings.push(message);
			}});
			t.teardown(() => {
				state.close();
			});
			return state;
		},
		change(text) {
			writeFileSync(path.join(data, 'file'), text);
		},
	};
}
