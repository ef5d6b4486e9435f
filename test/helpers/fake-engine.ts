import process from 'node:process';
import {CofferError, type EngineClient, type Overview, type SnapshotList} from '../../source/engine/index.ts';
import {buildOverview, buildSnapshots} from './overview-builder.ts';

export type FakeEngine = EngineClient & {
	/** What `overview` gives; may be changed. */
	overviewValue: Overview;
	snapshotList: SnapshotList;
	/** Calls in their order: `backup web`. */
	readonly calls: string[];
};

/** An engine that answers at once, with what a test tells it to; what the test does not replace fails. */
export function createFakeEngine(change: Partial<EngineClient> & {readonly overviewValue?: Overview} = {}): FakeEngine {
	const calls: string[] = [];
	const missing = (name: string) => async (): Promise<never> => {
		throw new CofferError('internal', `The test has no ${name}.`);
	};

	const engine: FakeEngine = {
		calls,
		overviewValue: buildOverview(),
		snapshotList: {snapshots: buildOverview().sources.flatMap(({name, snapshots}) => buildSnapshots(name, Math.min(snapshots, 5))), verifications: new Map()},
		processId: process.pid,
		opened: Promise.resolve(),
		async overview() {
			return engine.overviewValue;
		},
		async listSnapshots() {
			return engine.snapshotList;
		},
		async backup({source}) {
			calls.push(`backup ${source.name}`);
			return {files: 3, directories: 1, bytes: 1000, addedBytes: 10, storedBytes: 5, durationMs: 1200, unreadable: 0, changed: 0};
		},
		async verify({readData, snapshots}) {
			calls.push(`verify ${JSON.stringify(readData ?? 'structure')} of ${snapshots?.length ?? 'all'}`);
			return {checkedObjects: 12, checkedBytes: 34_000, problems: [], notes: [], durationMs: 900, snapshots: [], isComplete: true};
		},
		prune: missing('prune'),
		restore: missing('restore'),
		loadDump: missing('loadDump'),
		listFolder: missing('listFolder'),
		measureFolder: missing('measureFolder'),
		searchSnapshot: missing('searchSnapshot'),
		entryVersions: missing('entryVersions'),
		compareSnapshots: missing('compareSnapshots'),
		async keyStatus() {
			return engine.overviewValue.keys;
		},
		readAuditLog: missing('readAuditLog'),
		noteFindings: missing('noteFindings'),
		rotateKeys: missing('rotateKeys'),
		exportKey: missing('exportKey'),
		checkKey: missing('checkKey'),
		async acknowledge(key, note) {
			calls.push(`acknowledge ${key}${note === undefined ? '' : `: ${note}`}`);
		},
		async unacknowledge(key) {
			calls.push(`unacknowledge ${key}`);
		},
		async close() {
			calls.push('close');
		},
		...change,
	};
	return engine;
}
