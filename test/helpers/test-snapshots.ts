import {toId, type SnapshotId} from '../../source/engine/ids.ts';
import type {Snapshot} from '../../source/engine/repository/snapshot.ts';

/** A snapshot of nothing. */
export function createTestSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
	return {
		id: toId<SnapshotId>('5a'.repeat(16), 16),
		time: '2026-11-21T18:46:00.000Z',
		source: 'etc',
		kind: 'files',
		class: 'daily',
		host: 'test-host',
		user: 'tester',
		tags: ['a'],
		paths: ['/etc'],
		tree: [],
		statistics: {files: 0, directories: 0, bytes: 0, addedBytes: 0, storedBytes: 0, durationMs: 0, unreadable: 0},
		program: 'coffer 0.1.0',
		...changes,
	};
}
