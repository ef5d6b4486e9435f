import type {EngineOptions, SlotFactors} from '../engine-options.ts';
import type {EngineEvent} from '../events.ts';
import type {SnapshotId} from '../ids.ts';
import type {EntryPath} from '../operations/browse/entry.ts';
import type {PortableOutcome} from '../portable-error.ts';
import type {Secret} from '../repository/repository.ts';
import type {Job} from '../scheduling/job.ts';
import type {ConfiguredSource, EngineClient} from './engine-client.ts';

/** `workerData` of the engine's thread. */
export type ThreadStart = Pick<EngineOptions, 'repositoryUrl' | 'stateFolder' | 'program' | 'threads' | 'deltas' | 'keyPolicy' | 'monitorPolicy' | 'origin'> & {readonly sources: readonly ConfiguredSource[]; readonly jobs?: readonly Job[]};

/** What can be asked of the engine, with the parameters that pass between the threads: signal and listener stay where they are. */
export type CallParameters = {
	readonly overview: readonly [jobs: readonly Job[] | undefined];
	readonly listSnapshots: readonly [];
	readonly backup: readonly [request: Parameters<EngineClient['backup']>[0]];
	readonly verify: readonly [request: Parameters<EngineClient['verify']>[0]];
	readonly prune: readonly [request: Parameters<EngineClient['prune']>[0]];
	readonly restore: readonly [request: Parameters<EngineClient['restore']>[0]];
	readonly loadDump: readonly [request: Parameters<EngineClient['loadDump']>[0]];
	readonly listFolder: readonly [snapshot: SnapshotId, path: EntryPath];
	readonly measureFolder: readonly [snapshot: SnapshotId, path: EntryPath];
	readonly searchSnapshot: readonly [snapshot: SnapshotId, text: string, limit: number | undefined];
	readonly entryVersions: readonly [snapshot: SnapshotId, path: EntryPath];
	readonly compareSnapshots: readonly [from: SnapshotId, to: SnapshotId, limit: number | undefined];
	readonly keyStatus: readonly [];
	readonly noteFindings: Parameters<EngineClient['noteFindings']>;
	readonly readAuditLog: readonly [limit: number | undefined];
	readonly rotateKeys: readonly [request: Parameters<EngineClient['rotateKeys']>[0]];
	readonly exportKey: readonly [request: Parameters<EngineClient['exportKey']>[0]];
	readonly checkKey: readonly [request: Parameters<EngineClient['checkKey']>[0]];
	readonly acknowledge: readonly [alertKey: string, note: string | undefined];
	readonly unacknowledge: readonly [alertKey: string];
};

export type CallName = keyof CallParameters;
export type CallResult<Name extends CallName> = Awaited<ReturnType<EngineClient[Name]>>;

/** One call; `id` is unique among those to one thread. */
export type Call = {[Name in CallName]: {readonly message: 'call'; readonly id: number; readonly name: Name; readonly parameters: CallParameters[Name]}}[CallName];

/** What the engine's thread is sent. */
export type MessageToThread =
	| Call
	/** The answer still comes, once all is at a safe end. */
	| {readonly message: 'abort'; readonly id: number}
	/** Asked while the secret is wanted. */
	| {readonly message: 'read-slots'}
	| {readonly message: 'secret'; readonly outcome: PortableOutcome<Secret>}
	| {readonly message: 'close'};

/** What the engine's thread sends. */
export type MessageFromThread =
	| {readonly message: 'secret-wanted'}
	| {readonly message: 'slots'; readonly outcome: PortableOutcome<SlotFactors[]>}
	| {readonly message: 'opened'; readonly outcome: PortableOutcome<void>}
	/** @param id - Of the call that it is about; else it is about the repository as a whole. */
	| {readonly message: 'event'; readonly id?: number; readonly event: EngineEvent}
	| {readonly message: 'done'; readonly id: number; readonly outcome: PortableOutcome<unknown>}
	/** Everything has ended; the thread may go. */
	| {readonly message: 'closed'};
