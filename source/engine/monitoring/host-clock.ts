import type {EventListener} from '../events.ts';
import {shortId} from '../ids.ts';
import type {StoredSnapshot, Tombstone} from '../repository/repository.ts';
import {assertClock, type DatedThing} from '../retention/clock-guard.ts';
import type {HostMemory} from './host-memory.ts';

/** What in a repository bears times: as it was listed. */
export type DatedObjects = {
	readonly snapshots: ReadonlyArray<Pick<StoredSnapshot, 'id' | 'time' | 'source' | 'host'>>;
	readonly tombstones: ReadonlyArray<Pick<Tombstone, 'id' | 'forgotten' | 'host'>>;
};

function datedThings({snapshots, tombstones}: DatedObjects, host: string): {readonly own: DatedThing[]; readonly others: DatedThing[]} {
	const all = [
		...snapshots.map(({id, time, source, host: of}) => ({of, time, what: `the snapshot ${shortId(id)} of "${source}"`})),
		...tombstones.map(({id, forgotten, host: of}) => ({of, time: forgotten, what: `the tombstone of ${shortId(id)}, a snapshot that was forgotten`})),
	];
	return {own: all.filter(({of}) => of === host), others: all.filter(({of}) => of !== host)};
}

/** That nothing speaks against this machine's clock, before things are forgotten by it. @throws `clock-wrong` */
export function assertHostClock(memory: HostMemory, dated: DatedObjects, onEvent?: EventListener): void {
	const {runtime, keyring} = memory.session;
	assertClock({nowMs: runtime.now(), createdMs: Date.parse(keyring.repository.created), memory: memory.clock(onEvent), ...datedThings(dated, runtime.identity.host)});
}

/** Remember that somebody says that this machine's clock is right, whatever there is that bears a later time. */
export function trustHostClock(memory: HostMemory, dated: DatedObjects, onEvent?: EventListener): void {
	const {own} = datedThings(dated, memory.session.runtime.identity.host);
	const latest = Math.max(0, ...own.map(({time}) => Date.parse(time)));
	memory.trustClock(latest, onEvent);
}
