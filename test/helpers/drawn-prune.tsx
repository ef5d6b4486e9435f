import type {ExecutionContext} from 'ava';
import {CofferError, type EngineClient, type OperationOptions, type PruneRequest, type PruneSummary, type RetentionDecision, type RetentionSettings, type SnapshotId} from '../../source/engine/index.ts';
import type {Size} from '../../source/ui/model/state.ts';
import type {DashboardOptions} from '../../source/ui/dashboard-options.ts';
import {drawDashboard, type DrawnDashboard} from './drawn-dashboard.tsx';
import {createFakeEngine} from './fake-engine.ts';
import {ago, buildOverview, dayMs} from './overview-builder.ts';

/** A decision about a snapshot so many days old. */
export function buildDecision(source: string, daysAgo: number, isKept: boolean, change: Partial<RetentionDecision> = {}): RetentionDecision {
	return {
		snapshot: {id: `${String(daysAgo).padStart(4, '0')}${source.length}${'0'.repeat(27)}`.slice(0, 32) as SnapshotId, time: ago(daysAgo * dayMs), source, host: 'vault01', class: 'daily', tags: [], isGood: true},
		isKept, reasons: [isKept ? {rule: 'class', text: 'younger than 30 days (class daily)'} : {rule: 'expired', text: 'older than 30 days (class daily)'}], ...change,
	};
}

/** What a prune of three sources says, of which two have snapshots that go. */
export function buildPruneSummary(change: Partial<PruneSummary> = {}): PruneSummary {
	const decisions = [['etc', 33], ['home', 32], ['www', 29]].flatMap(([source, oldest]) => Array.from({length: 5}, (_, index) => Number(oldest) - index * 2).map(days => buildDecision(String(source), days, days <= 30)));
	const forgotten = decisions.filter(({isKept}) => !isKept).map(({snapshot: {id, time, source, host}, reasons}) => ({id, time, source, host, bytes: 1000, reason: reasons[0]!.text}));
	return {
		decisions, forgotten, completed: [], remaining: decisions.length - forgotten.length, packs: {total: 40, removed: 12, rewritten: 2, waiting: 0},
		freedBytes: 1_200_000_000, waitingBytes: 0, rewrittenBytes: 40_000_000, waitingFor: '', deadBytes: 0, isLimited: false, isDryRun: true, durationMs: 900, ...change,
	};
}

/** A prune, dry or not, that a screen has asked for. */
export type AskedPrune = {
	readonly request: PruneRequest;
	readonly tell: NonNullable<OperationOptions['onEvent']>;
	readonly answer: (summary: PruneSummary) => void;
	readonly fail: (error: unknown) => void;
	readonly signal: AbortSignal | undefined;
};

export type DrawnPrune = DrawnDashboard & {readonly text: () => Promise<string>; readonly asked: AskedPrune[]};

type Change = {readonly overview?: Parameters<typeof buildOverview>[0]; readonly retention?: RetentionSettings; readonly hasUnicode?: boolean; readonly log?: DashboardOptions['log']; readonly engine?: Partial<EngineClient>};

/** The dashboard with an engine whose prunes a test answers. */
export async function drawPrune(t: ExecutionContext, size: Size, {overview, retention = {policy: {last: 7}}, engine: change = {}, ...looks}: Change = {}): Promise<DrawnPrune> {
	const asked: AskedPrune[] = [];
	const engine = createFakeEngine({
		overviewValue: buildOverview(overview),
		async prune(request, {signal, onEvent} = {}) {
			const {promise, resolve, reject} = Promise.withResolvers<PruneSummary>();
			asked.push({request, tell: onEvent ?? (() => undefined), answer: resolve, fail: reject, signal});
			signal?.addEventListener('abort', () => {
				reject(new CofferError('aborted', 'Stopped.'));
			});
			return promise;
		},
		...change,
	});
	const drawn = await drawDashboard(t, size, {engine, start: {url: '/srv/backup/coffer', sources: [], startEngine: () => engine, retention}, ...looks});
	return {...drawn, asked, text: async () => (await drawn.frame()).join('\n')};
}
