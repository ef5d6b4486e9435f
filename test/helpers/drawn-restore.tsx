import type {ExecutionContext} from 'ava';
import type {EngineClient, EngineEvent, LoadSummary, RestoreSummary, StoredSnapshot} from '../../source/engine/index.ts';
import type {Size} from '../../source/ui/model/state.ts';
import {restoreFrom} from '../../source/ui/work.ts';
import {drawDashboard, type DrawnDashboard} from './drawn-dashboard.tsx';
import {createFakeEngine} from './fake-engine.ts';
import {createFakeTree, type FakeTree} from './fake-tree.ts';
import {assertFrame} from './screen-assertions.ts';
import {buildSnapshots} from './overview-builder.ts';

/** A restore that the engine was asked for, and how a test answers it. */
export type AskedRestore = {
	readonly request: Parameters<EngineClient['restore']>[0];
	readonly signal: AbortSignal | undefined;
	readonly tell: (event: EngineEvent) => void;
	readonly answer: (summary: RestoreSummary) => void;
	readonly fail: (error: Error) => void;
};

/** Dumps that the engine was asked to load, and how a test answers it. */
export type AskedLoad = {
	readonly request: Parameters<EngineClient['loadDump']>[0];
	readonly signal: AbortSignal | undefined;
	readonly tell: (event: EngineEvent) => void;
	readonly answer: (summary: LoadSummary) => void;
	readonly fail: (error: Error) => void;
};

export type DrawnRestore = DrawnDashboard & {
	/** Dry runs and restores, in their order. */
	readonly asked: AskedRestore[];
	/** The same of dumps. */
	readonly loads: AskedLoad[];
	/** What else the engine was asked. */
	readonly calls: string[];
	/** The screen as one text, after a look at its shape. */
	readonly text: () => Promise<string>;
};

type Options = {
	readonly tree: FakeTree;
	readonly engine?: Partial<EngineClient>;
	readonly hasUnicode?: boolean;
	/** Begin with this one of the five snapshots, the newest being 0. @default at the first step */
	readonly snapshot?: number;
	/** What the snapshots are besides. @default files */
	readonly facts?: Partial<StoredSnapshot>;
};

/** The restore of the source `web`, which has five snapshots of one tree, over an engine that waits for the test's answers. */
export async function drawRestore(t: ExecutionContext, size: Size, {tree, engine: changes, hasUnicode = false, snapshot, facts}: Options): Promise<DrawnRestore> {
	const asked: AskedRestore[] = [];
	const calls: string[] = [];
	const loads: AskedLoad[] = [];
	const snapshots = buildSnapshots('web', 5, facts);
	const engine = createFakeEngine({
		...createFakeTree(tree, calls),
		async restore(request, {signal, onEvent} = {}) {
			const {promise, resolve, reject} = Promise.withResolvers<RestoreSummary>();
			asked.push({request, signal, answer: resolve, fail: reject, tell(event) {
				onEvent?.(event);
			}});
			return promise;
		},
		async loadDump(request, {signal, onEvent} = {}) {
			const {promise, resolve, reject} = Promise.withResolvers<LoadSummary>();
			loads.push({request, signal, answer: resolve, fail: reject, tell(event) {
				onEvent?.(event);
			}});
			return promise;
		},
		...changes,
	});
	engine.snapshotList = {snapshots, verifications: new Map([[snapshots[4]!.id, {time: snapshots[4]!.time, data: 'all'}]])};
	const drawn = await drawDashboard(t, size, {engine, hasUnicode});
	t.teardown(() => {
		for (const {fail} of [...asked, ...loads]) {
			fail(new Error('The test is over.'));
		}
	});
	await drawn.settle();
	restoreFrom(drawn.dashboard, {name: 'web', host: 'vault01'}, snapshot === undefined ? undefined : snapshots.toReversed()[snapshot]!.id);
	return {...drawn, asked, loads, calls, async text() {
		const lines = await drawn.frame();
		assertFrame(t, lines, drawn.dashboard.state.size);
		return lines.join('\n');
	}};
}
