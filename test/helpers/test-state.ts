import path from 'node:path';
import type {ExecutionContext} from 'ava';
import type {RepositoryId, SnapshotId} from '../../source/engine/ids.ts';
import {databaseName, HostState} from '../../source/engine/state/host-state.ts';
import type {SeenSnapshot} from '../../source/engine/state/source-memory.ts';
import {createFolder} from './source-folder.ts';
import {createTestRuntime} from './test-runtime.ts';

/** An id of one digit again and again. */
export const idOf = <Id extends string>(digit: string): Id => digit.repeat(32) as Id;

export const stateTime = '2026-11-21T18:46:00.000Z';

/** A snapshot that this host has seen. */
export const seenSnapshot = (digit: string): SeenSnapshot => ({id: idOf<SnapshotId>(digit), objectName: `snapshots/${digit}`, time: stateTime});

/** A state folder that does not exist yet. `open` opens the state of a repository, as a process of its own would. */
export function createTestState(t: ExecutionContext, repository = idOf<RepositoryId>('a')) {
	const stateFolder = path.join(createFolder(t), 'state');
	const warnings: string[] = [];
	const runtime = createTestRuntime();
	const opened: HostState[] = [];
	t.teardown(() => {
		for (const state of opened) {
			state.close();
		}
	});
	return {
		stateFolder,
		file: path.join(stateFolder, databaseName),
		warnings,
		runtime,
		open(id = repository): HostState {
			const state = new HostState(stateFolder, id, {runtime, warn(message: string) {
				warnings.push(message);
			}});
			opened.push(state);
			return state;
		},
	};
}
