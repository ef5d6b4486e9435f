import type {ProcessIdentity} from '../runtime.ts';
import {parseJson, toCount, toRecord, toText} from './shapes.ts';

/** As it is kept in a table. */
export function encodeProcess({host, bootId, pid, startTicks}: ProcessIdentity): string {
	return JSON.stringify({host, bootId, pid, startTicks});
}

/** @throws UnexpectedShape */
export function decodeProcess(value: unknown): ProcessIdentity {
	const {host, bootId, pid, startTicks} = toRecord(parseJson(value));
	return {host: toText(host), bootId: toText(bootId), pid: toCount(pid), startTicks: toCount(startTicks)};
}

/** Whether two records name the same process. */
export function isSameProcess(one: ProcessIdentity, other: ProcessIdentity): boolean {
	return one.host === other.host && one.bootId === other.bootId && one.pid === other.pid && one.startTicks === other.startTicks;
}
