import path from 'node:path';
import type {RepositoryId, SlotId, SnapshotId} from '../ids.ts';
import type {Activity} from './activity.ts';
import {readActivities, removeActivity, setActivity} from './activities.ts';
import {AlertState} from './alert-state.ts';
import type {StateConnection} from './connection.ts';
import {StateDatabase, type StateContext} from './database.ts';
import {databaseName} from './database-name.ts';
import {readDataReads, type DataRead} from './data-reads.ts';
import {readGeneration, readKeyUses, setGeneration, setKeyUse, type KeyUse} from './key-uses.ts';
import {OutboxState} from './outbox-state.ts';
import {addPlace, readPlace, replacePlace} from './places.ts';
import {addRun, insertRun, readRuns, replaceRuns} from './runs.ts';
import {readHeads, readLosses, setHead, setLosses} from './seen-snapshots.ts';
import type {SeenSnapshot, SourceMemory, SourceRun} from './source-memory.ts';
import {addSample, isSampleDue, readSamples, type StorageSample} from './storage-samples.ts';
import {setVerifyResult, type VerificationResult} from './verification-record.ts';
import {readVerifications, readVerifyRuns, type Verification, type VerifyRun} from './verifications.ts';
import {WatchState} from './watch-state.ts';

export {databaseName} from './database-name.ts';
export type {DataRead} from './data-reads.ts';
export type {Verification, VerifiedShare, VerifyRun} from './verifications.ts';

/** What is remembered of one repository. */
export type RepositoryMemory = {
	/** In no order. */
	readonly sources: readonly SourceMemory[];
	readonly verifications: ReadonlyMap<SnapshotId, Verification>;
	/** Oldest first. */
	readonly verifyRuns: readonly VerifyRun[];
	/** Oldest first. */
	readonly dataReads: readonly DataRead[];
	/** Oldest first; also of processes that have died. */
	readonly activities: readonly Activity[];
};

/** Nothing is remembered. */
export const emptyMemory: RepositoryMemory = {sources: [], verifications: new Map(), verifyRuns: [], dataReads: [], activities: []};

function readSources(connection: StateConnection, repository: RepositoryId): SourceMemory[] {
	const runs = readRuns(connection, repository);
	const heads = readHeads(connection, repository);
	const losses = readLosses(connection, repository);
	return [...new Set([...runs.keys(), ...heads.keys(), ...losses.keys()])].map(source => {
		const head = heads.get(source);
		return {source, runs: runs.get(source) ?? [], losses: losses.get(source) ?? [], ...(head && {head})};
	});
}

/**
What this host remembers of one repository: the only door of this folder. Every method that writes does all of it or nothing.
*/
export class HostState {
	/** What its watches have found. */
	readonly watch: WatchState;
	/** Its alerts, and what was told of them. */
	readonly alerts: AlertState;
	/** What waits to be told, and the channels for it. */
	readonly outbox: OutboxState;
	readonly #database: StateDatabase;
	readonly #repository: RepositoryId;

	/** @param stateFolder - Absolute; made when something is first written. */
	constructor(stateFolder: string, repository: RepositoryId, context: StateContext) {
		this.#database = new StateDatabase(path.join(stateFolder, databaseName), context);
		this.#repository = repository;
		this.watch = new WatchState(this.#database, repository);
		this.alerts = new AlertState(this.#database, repository);
		this.outbox = new OutboxState(this.#database, repository, context.runtime);
	}

	/** Where it is kept, for advice. */
	get file(): string {
		return this.#database.file;
	}

	close(): void {
		this.#database.close();
	}

	/**
	Compare the repository with the one that this host knows at `url`; an unknown place is remembered.
	@returns The other repository that was there before, if so; it stays remembered, so that the warning is given until somebody acts.
	@throws `state-failed`
	*/
	checkPlace(url: string): RepositoryId | undefined {
		const known = this.#database.read(connection => readPlace(connection, url), undefined);
		if (known === undefined) {
			this.#database.write(connection => {
				addPlace(connection, url, this.#repository);
			});
		}

		return known === undefined || known === this.#repository ? undefined : known;
	}

	/** Note that a new repository was made at `url`, and forget what was remembered of an earlier one there. @throws `state-failed` */
	rememberNewPlace(url: string): void {
		this.#database.write(connection => {
			replacePlace(connection, url, this.#repository);
		});
	}

	/** @throws `state-failed` */
	read(): RepositoryMemory {
		const repository = this.#repository;
		return this.#database.read(connection => ({
			sources: readSources(connection, repository),
			verifications: readVerifications(connection, repository),
			verifyRuns: readVerifyRuns(connection, repository),
			dataReads: readDataReads(connection, repository),
			activities: readActivities(connection, repository),
		}), emptyMemory);
	}

	/** Of `read` only the sources. @throws `state-failed` */
	sources(): SourceMemory[] {
		return this.#database.read(connection => readSources(connection, this.#repository), []);
	}

	/** Of `read` only the verifications. @throws `state-failed` */
	verifications(): ReadonlyMap<SnapshotId, Verification> {
		return this.#database.read(connection => readVerifications(connection, this.#repository), new Map());
	}

	/** Whether `rebuild` was called for this repository. @throws `state-failed` */
	isRebuilt(): boolean {
		return this.#database.read(connection => connection.all('SELECT repository FROM rebuilt WHERE repository = ?', this.#repository).length > 0, false);
	}

	/**
	Once for each repository: add what the repository itself tells of runs that are not remembered.
	@param told - Of each source the runs that its snapshots tell of, and the newest of them.
	@throws `state-failed`
	*/
	rebuild(told: readonly SourceMemory[]): void {
		this.#database.write(connection => {
			if (connection.run('INSERT OR IGNORE INTO rebuilt (repository) VALUES (?)', this.#repository) === 0) {
				return;
			}

			const known = new Map(readSources(connection, this.#repository).map(memory => [memory.source, memory]));
			for (const {source, runs, head} of told) {
				const memory = known.get(source);
				const remembered = memory?.runs ?? [];
				const ids = new Set(remembered.map(({snapshot}) => snapshot));
				replaceRuns(connection, this.#repository, source, [...runs.filter(({snapshot}) => !ids.has(snapshot)), ...remembered]);
				if (head && memory?.head === undefined) {
					setHead(connection, this.#repository, source, head);
				}
			}
		});
	}

	/**
	@param run.head - The snapshot that it made.
	@param run.activity - Id of the activity that ends with it.
	@throws `state-failed`
	*/
	recordRun(source: string, run: SourceRun, {head, activity}: {readonly head?: SeenSnapshot; readonly activity?: string} = {}): void {
		this.#database.write(connection => {
			addRun(connection, this.#repository, source, run);
			if (head) {
				setHead(connection, this.#repository, source, head);
			}

			if (activity !== undefined) {
				removeActivity(connection, activity);
			}
		});
	}

	/** @param losses - All that is missing now. @throws `state-failed` */
	recordLosses(source: string, losses: readonly SeenSnapshot[]): void {
		this.#database.write(connection => {
			setLosses(connection, this.#repository, source, losses);
		});
	}

	/** Note how a verification ended. @throws `state-failed` */
	recordVerification(run: VerifyRun, result: VerificationResult): void {
		this.#database.write(connection => {
			setVerifyResult(connection, this.#repository, run, result);
		});
	}

	/** Remember an activity that begins. @throws `state-failed` */
	beginActivity(activity: Activity): void {
		this.#database.write(connection => {
			setActivity(connection, this.#repository, activity);
		});
	}

	/** Remember how far an activity is; that need not outlast a power cut. @throws `state-failed` */
	updateActivity(activity: Activity): void {
		this.#database.write(connection => {
			setActivity(connection, this.#repository, activity);
		}, {isDurable: false});
	}

	/** Take an activity away. @throws `state-failed` */
	endActivity(id: string): void {
		this.#database.write(connection => {
			removeActivity(connection, id);
		});
	}

	/**
	Take an activity away whose process has died, or that was about a time in the past, and record the run that it was, if any, in its place among the others. Of several processes that try it, one succeeds.
	@throws `state-failed`
	*/
	takeOverActivity(id: string, run?: {readonly source: string; readonly run: SourceRun; readonly head?: SeenSnapshot}): void {
		this.#database.write(connection => {
			if (removeActivity(connection, id) > 0 && run) {
				insertRun(connection, this.#repository, run.source, run.run);
				if (run.head) {
					setHead(connection, this.#repository, run.source, run.head);
				}
			}
		});
	}

	/** Oldest first. @throws `state-failed` */
	storageSamples(url: string): StorageSample[] {
		return this.#database.read(connection => readSamples(connection, this.#repository, url), []);
	}

	/** Whether the newest sample is an hour old. @throws `state-failed` */
	isSampleDue(url: string, nowMs: number): boolean {
		return this.#database.read(connection => isSampleDue(connection, this.#repository, url, nowMs), true);
	}

	/** @throws `state-failed` */
	addStorageSample(url: string, sample: StorageSample): void {
		this.#database.write(connection => {
			addSample(connection, this.#repository, url, sample);
		});
	}

	/** Compare a keyring with the newest that this host has seen, and remember a newer one. @returns The generation of the newest, where this one is older. @throws `state-failed` */
	checkGeneration(generation: number): number | undefined {
		const newest = this.#database.read(connection => readGeneration(connection, this.#repository), undefined) ?? -1;
		if (newest < generation) {
			this.#database.write(connection => {
				setGeneration(connection, this.#repository, generation);
			});
		}

		return newest > generation ? newest : undefined;
	}

	/** What is remembered of key slots. @throws `state-failed` */
	keyUses(): ReadonlyMap<SlotId, KeyUse> {
		return this.#database.read(connection => readKeyUses(connection, this.#repository), new Map());
	}

	/** Remember something of a key slot besides what is remembered. @throws `state-failed` */
	noteKeyUse(slot: SlotId, news: KeyUse): void {
		this.#database.write(connection => {
			setKeyUse(connection, this.#repository, slot, {...readKeyUses(connection, this.#repository).get(slot), ...news});
		});
	}
}
