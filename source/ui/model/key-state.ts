import type {EpochInfo, KeyStatus} from '../../engine/index.ts';
import {formatAge, formatAmount, formatBytes} from '../../text/format.ts';
import type {Tone} from '../row.ts';
import type {DashboardState} from './state.ts';

const idsOf = ({epochs, keys}: KeyStatus): string => [...epochs, ...keys].map(({id}) => id).join(' ');

/** The keys as they were last looked at, with what was counted of them, as long as they are still the same epochs and slots. */
export function keysOf({overview, keyCounts}: Pick<DashboardState, 'overview' | 'keyCounts'>): KeyStatus | undefined {
	const keys = overview?.keys;
	if (!keys || !keyCounts || idsOf(keys) !== idsOf(keyCounts)) {
		return keys;
	}

	return {
		...keys,
		epochs: keys.epochs.map((epoch, index) => ({...keyCounts.epochs[index]!, ...epoch})),
		keys: keys.keys.map((key, index) => ({...keyCounts.keys[index]!, ...key})),
	};
}

/** Epochs that a rotation is to do away with. */
export function oldEpochs({epochs}: KeyStatus): readonly EpochInfo[] {
	return epochs.slice(0, Math.max(0, epochs.findIndex(({isActive}) => isActive)));
}

/** What lies under epochs. */
export type UnderEpochs = {readonly objects: number; readonly packs: number; readonly packBytes: number};

function sumOf(epochs: readonly EpochInfo[]): UnderEpochs | undefined {
	if (epochs.length === 0 || epochs.some(({objects}) => objects === undefined)) {
		return undefined;
	}

	const sum = {objects: 0, packs: 0, packBytes: 0};
	for (const {objects = 0, packs = 0, packBytes = 0} of epochs) {
		sum.objects += objects;
		sum.packs += packs;
		sum.packBytes += packBytes;
	}

	return sum;
}

/** What lies under old epochs yet; `undefined` where there are none, or nothing was counted. */
export const leftUnderOld = (keys: KeyStatus): UnderEpochs | undefined => sumOf(oldEpochs(keys));

/** What a rotation has to move: all that lies under old epochs, or without any under the active one. `undefined` where it was not counted. */
export function toMove(keys: KeyStatus): UnderEpochs | undefined {
	return oldEpochs(keys).length > 0 ? leftUnderOld(keys) : sumOf(keys.epochs.filter(({isActive}) => isActive));
}

/** `12 objects, of them 3 packs of 40 MB`. */
export function underText({objects, packs, packBytes}: UnderEpochs): string {
	return `${formatAmount(objects, 'object')}${packs === 0 ? '' : `, of them ${formatAmount(packs, 'pack')} of ${formatBytes(packBytes)}`}`;
}

/** A recovery key whose last check is longer ago is to be checked again, in days: as long as a key is used. */
export const recoveryCheckDays = 90;

const dayMs = 24 * 60 * 60 * 1000;

/** How it stands with the recovery keys, in words. */
export function recoveryState({keys}: KeyStatus, nowMs: number): {readonly text: string; readonly tone: Tone} {
	const recovery = keys.filter(({isRecovery}) => isRecovery);
	const checked = recovery.map(key => key.checked).filter(time => time !== undefined).toSorted().at(-1);
	if (recovery.length === 0) {
		return {text: 'no recovery key', tone: 'warning'};
	}

	if (checked === undefined) {
		return {text: 'recovery key never checked', tone: 'warning'};
	}

	const isOld = nowMs - Date.parse(checked) > recoveryCheckDays * dayMs;
	return {text: `recovery check ${isOld ? 'old' : 'OK'} ${formatAge(checked, nowMs)}`, tone: isOld ? 'warning' : 'muted'};
}
