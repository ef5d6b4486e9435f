import type {ExecutionContext} from 'ava';
import {CofferError, type EngineClient, type EpochId, type KeyStatus, type OperationOptions, type RotateSummary, type SlotId} from '../../source/engine/index.ts';
import type {Connection, SecretPlace} from '../../source/ui/dashboard-options.ts';
import type {Size} from '../../source/ui/model/state.ts';
import {drawDashboard, type DrawnDashboard} from './drawn-dashboard.tsx';
import {createFakeEngine} from './fake-engine.ts';
import {ago, buildOverview, dayMs} from './overview-builder.ts';

/** Keys with what was counted of them. */
export function buildKeyCounts(change: Partial<KeyStatus> = {}): KeyStatus {
	const {keys} = buildOverview();
	return {
		...keys,
		keys: keys.keys.map(key => ({...key, factors: [key.isRecovery ? 'passphrase' : 'key-file'], ...(key.isOwn && {lastUsed: ago(0)})})),
		epochs: keys.epochs.map(epoch => ({...epoch, objects: 90, packs: 36, packBytes: 1_200_000_000})),
		...change,
	};
}

/** A rotation that was begun: an old epoch with so many objects, and a new one. */
export function buildRotatingKeys(rotation: 'keys' | 'packs'): KeyStatus {
	const counts = buildKeyCounts();
	return {
		...counts,
		rotation,
		age: 'ok',
		epochs: [
			{...counts.epochs[0]!, isActive: false, objects: 12, packs: 3, packBytes: 40_000_000},
			{id: 'ee'.repeat(16) as EpochId, created: ago(60_000), ageDays: 0, isActive: true, objects: 78, packs: 33, packBytes: 1_160_000_000},
		],
	};
}

export function buildRotateSummary(change: Partial<RotateSummary> = {}): RotateSummary {
	return {
		epoch: 'ee'.repeat(16) as EpochId, retired: ['26a4f1c2d3e4f5a6b7c8d9e0f1a2b3c4' as EpochId], slot: 'cc'.repeat(16) as SlotId, removedSlots: [{id: 'aa'.repeat(16) as SlotId, label: 'root@vault01'}],
		followingSlots: 1, recoverySlots: 1, moved: 54, packs: 0, bytes: 0, damagedPacks: 0, isResumed: false, durationMs: 2300, ...change,
	};
}

/** A rotation that a screen has asked for. */
export type AskedRotation = {
	readonly request: Parameters<EngineClient['rotateKeys']>[0];
	readonly tell: NonNullable<OperationOptions['onEvent']>;
	readonly answer: (summary: RotateSummary) => void;
	readonly fail: (error: unknown) => void;
	readonly signal: AbortSignal | undefined;
};

export type DrawnKeys = DrawnDashboard & {
	readonly text: () => Promise<string>;
	readonly rotations: AskedRotation[];
	/** How often an engine was started. */
	readonly started: () => number;
	/** What the engine says of the keys from now on. */
	readonly setKeys: (keys: KeyStatus) => void;
};

type Change = {
	readonly keys?: KeyStatus;
	readonly place?: SecretPlace;
	readonly engine?: Partial<EngineClient>;
	readonly overview?: Parameters<typeof buildOverview>[0];
	readonly hasUnicode?: boolean;
	readonly hasColor?: boolean;
};

/** The dashboard with keys that can be counted, rotated, exported and checked. */
export async function drawKeys(t: ExecutionContext, size: Size, {keys = buildKeyCounts(), place = {kind: 'file', file: '/etc/coffer/key'}, engine: change = {}, overview, ...looks}: Change = {}): Promise<DrawnKeys> {
	const rotations: AskedRotation[] = [];
	let counted = keys;
	let started = 0;
	const engine = createFakeEngine({
		overviewValue: buildOverview({keys, ...overview}),
		keyStatus: async () => counted,
		async rotateKeys(request, {signal, onEvent} = {}) {
			const {promise, resolve, reject} = Promise.withResolvers<RotateSummary>();
			rotations.push({request, tell: onEvent ?? (() => undefined), answer: resolve, fail: reject, signal});
			signal?.addEventListener('abort', () => {
				reject(new CofferError('aborted', 'Stopped.'));
			});
			return promise;
		},
		...change,
	});
	const start: Connection = {
		url: '/srv/backup/coffer', sources: [], secretPlace: async () => place,
		startEngine() {
			started++;
			return engine;
		},
	};
	const drawn = await drawDashboard(t, size, {engine, start, ...looks});
	return {
		...drawn,
		rotations,
		started: () => started,
		text: async () => (await drawn.frame()).join('\n'),
		setKeys(next) {
			counted = next;
			engine.overviewValue = buildOverview({...overview, keys: next});
		},
	};
}

/** A check of the recovery key so many days ago. */
export function withCheck(keys: KeyStatus, daysAgo: number): KeyStatus {
	return {...keys, keys: keys.keys.map(key => key.isRecovery ? {...key, checked: ago(daysAgo * dayMs)} : key)};
}
