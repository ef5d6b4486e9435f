import type {SnapshotId} from '../ids.ts';
import {listTombstones, readKeySlots, type ObjectProblem, type Tombstone} from '../repository/repository.ts';
import type {VerifyRun} from '../state/host-state.ts';
import type {HostMemory} from './host-memory.ts';
import {readKeyStatus, type KeyPolicy, type KeyStatus} from './key-status.ts';

/** A snapshot that was forgotten on purpose, as its tombstone tells. */
export type ForgottenFact = Pick<Tombstone, 'id' | 'forgotten' | 'host' | 'user' | 'reason'>;

/** What an audit of a repository looks at. */
export type AuditFacts = {
	readonly keys: KeyStatus;
	/** Key slots with an intact file. */
	readonly slots: number;
	/** Files of key slots, and their copies, that are damaged or missing. */
	readonly slotProblems: readonly ObjectProblem[];
	/** Forgotten since the last audit of this host, oldest first; empty in the first. */
	readonly forgotten: readonly ForgottenFact[];
	/** All that the repository knows to be forgotten. */
	readonly tombstones: readonly SnapshotId[];
	/** Tombstones that cannot be read: who forgot what is not known of them. */
	readonly tombstoneProblems: readonly ObjectProblem[];
	/** The audit before this one: RFC 3339. */
	readonly lastAudit?: string;
	/** The newest verification that this host made. */
	readonly lastVerification?: VerifyRun;
};

/**
Look at what an audit is about. Writes nothing, neither to the repository nor to what this host remembers: `rememberAudit` does, once what is new was told.
@throws what the storage throws; `aborted`
*/
export async function readAuditFacts(memory: HostMemory, policy: KeyPolicy, signal?: AbortSignal): Promise<AuditFacts> {
	const {session} = memory;
	const keys = await readKeyStatus(session, {policy, uses: memory.keyUses(), ...(signal && {signal})});
	const {slots, problems: slotProblems} = await readKeySlots(session.storage);
	const {tombstones, problems: tombstoneProblems} = await listTombstones(session, signal);
	const before = memory.remember(state => state.watch.audit(), undefined);
	const seen = new Set<string>(before?.tombstones);
	const news = before ? tombstones.filter(({id}) => !seen.has(id)) : [];
	const lastVerification = memory.remember(state => state.read().verifyRuns.at(-1), undefined);
	return {
		keys,
		slots: new Set(slots.map(({slot: {slotId}}) => slotId)).size,
		slotProblems,
		forgotten: news.toSorted((a, b) => Date.parse(a.forgotten) - Date.parse(b.forgotten)).map(({id, forgotten, host, user, reason}) => ({id, forgotten, host, user, reason})),
		tombstones: tombstones.map(({id}) => id),
		tombstoneProblems,
		...(before && {lastAudit: before.time}),
		...(lastVerification && {lastVerification}),
	};
}

/** What an audit has told is not news for the next one. */
export function rememberAudit(memory: HostMemory, {tombstones}: Pick<AuditFacts, 'tombstones'>): void {
	const time = new Date(memory.session.runtime.now()).toISOString();
	memory.remember(state => {
		state.watch.recordAudit({time, tombstones});
	}, undefined);
}
