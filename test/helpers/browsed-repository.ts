import type {WarningEvent} from '../../source/engine/events.ts';
import {SnapshotBrowser} from '../../source/engine/operations/browse/snapshot-browser.ts';
import {createTestRepository} from './repository-session.ts';
import {buildSnapshot, type BuiltEntry, type BuiltSnapshot} from './snapshot-builder.ts';
import {createTestRuntime} from './test-runtime.ts';

/** A repository in memory with these snapshots, a minute apart, opened to be looked into. */
export async function browseSnapshots(...contents: ReadonlyArray<readonly BuiltEntry[]>) {
	const runtime = createTestRuntime();
	const {session} = await createTestRepository(runtime);
	const snapshots: BuiltSnapshot[] = [];
	for (const entries of contents) {
		runtime.forward(60_000);
		snapshots.push(await buildSnapshot(session, entries, {chunkBytes: 1000}));
	}

	const warnings: WarningEvent[] = [];
	const browser = await SnapshotBrowser.open(session, {onEvent(event) {
		if (event.event === 'warning') {
			warnings.push(event);
		}
	}});
	return {browser, session, runtime, snapshots, warnings, ids: snapshots.map(({snapshot}) => snapshot.id)};
}
