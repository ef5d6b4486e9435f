import type {RepositoryId} from '../ids.ts';
import type {ProcessIdentity, Runtime} from '../runtime.ts';
import {noteFailure, noteSuccess, readChannelStates, type ChannelState} from './channel-states.ts';
import type {StateConnection} from './connection.ts';
import type {StateDatabase} from './database.ts';
import {claimNotice, noteAttempt, putOff, readOutbox, releaseNotice, removeNotice, type WaitingNotice} from './outbox.ts';

/** A process that sends something for longer has died where that cannot be seen, or hangs. In milliseconds. */
const claimedForMs = 10 * 60 * 1000;

/** Tables that hold something for each channel. */
const channelTables = ['announcement', 'outbox', 'channel_state', 'digest'] as const;

/** How an attempt failed. */
export type FailedAttempt = {
	readonly error: string;
	/** Whether the same will hardly succeed later. */
	readonly isRefused: boolean;
	/** When the channel is tried next, by its failures in a row: milliseconds since 1970. */
	readonly nextMs: (failures: number) => number;
	/** Whether it is not tried again. */
	readonly isDropped: boolean;
};

/** What waits to be sent about one repository, and how its channels do. Every method that writes does all of it or nothing. */
export class OutboxState {
	readonly #database: StateDatabase;
	readonly #repository: RepositoryId;
	readonly #runtime: Runtime;

	constructor(database: StateDatabase, repository: RepositoryId, runtime: Runtime) {
		this.#database = database;
		this.#repository = repository;
		this.#runtime = runtime;
	}

	/** How the channels do that something was sent on, by name. @throws `state-failed` */
	channels(): ChannelState[] {
		return this.#database.read(connection => readChannelStates(connection, this.#repository), []);
	}

	/** What waits for a channel. @throws `state-failed` */
	waiting(channel: string): WaitingNotice[] {
		return this.#database.read(connection => readOutbox(connection, this.#repository, channel), []);
	}

	/**
	Take what is to be sent next on a channel: no other process takes it while this one lives.
	@param maximumWaitMs - What waits for longer than that waits because the clock was wrong.
	@returns `undefined` where nothing is due
	@throws `state-failed`
	*/
	claim(channel: string, maximumWaitMs: number): WaitingNotice | undefined {
		const find = (connection: StateConnection) => readOutbox(connection, this.#repository, channel).find(notice => this.#isFree(notice) && this.#isDue(notice, maximumWaitMs));
		if (this.#database.read(connection => find(connection), undefined) === undefined) {
			return undefined;
		}

		return this.#database.write(connection => {
			const notice = find(connection);
			if (notice) {
				const {host, bootId, pid, startTicks}: ProcessIdentity = this.#runtime.identity;
				claimNotice(connection, notice.id, {process: {host, bootId, pid, startTicks}, time: this.#now()});
			}

			return notice;
		});
	}

	/** It was not sent, which is nobody's fault. @throws `state-failed` */
	release(id: string): void {
		this.#database.write(connection => {
			releaseNotice(connection, id);
		});
	}

	/** It was sent, and what else waits for the channel may be. @throws `state-failed` */
	settle(channel: string, id: string): void {
		this.#database.write(connection => {
			removeNotice(connection, id);
			noteSuccess(connection, this.#repository, channel, this.#now());
			putOff(connection, this.#repository, channel, this.#now());
		});
	}

	/** It could not be sent: all that waits for the channel waits longer. @throws `state-failed` */
	fail(channel: string, id: string, {error, isRefused, nextMs, isDropped}: FailedAttempt): void {
		this.#database.write(connection => {
			const failures = noteFailure(connection, this.#repository, channel, {time: this.#now(), error});
			if (isDropped) {
				removeNotice(connection, id);
			} else {
				noteAttempt(connection, id, isRefused);
			}

			putOff(connection, this.#repository, channel, new Date(nextMs(failures)).toISOString());
		});
	}

	/** Note how sending went of something that never waited. @param error - Why it failed. @default it did not @throws `state-failed` */
	note(channel: string, error?: string): void {
		this.#database.write(connection => {
			if (error === undefined) {
				noteSuccess(connection, this.#repository, channel, this.#now());
				putOff(connection, this.#repository, channel, this.#now());
			} else {
				noteFailure(connection, this.#repository, channel, {time: this.#now(), error});
			}
		});
	}

	/** Forget all channels but these. @throws `state-failed` */
	keep(channels: readonly string[]): void {
		const kept = JSON.stringify(channels);
		const condition = 'repository = ? AND channel NOT IN (SELECT value FROM json_each(?))';
		const hasOthers = (connection: StateConnection) => channelTables.some(table => connection.all(`SELECT channel FROM ${table} WHERE ${condition} LIMIT 1`, this.#repository, kept).length > 0);
		if (this.#database.read(connection => hasOthers(connection), false)) {
			this.#database.write(connection => {
				for (const table of channelTables) {
					connection.run(`DELETE FROM ${table} WHERE ${condition}`, this.#repository, kept);
				}
			});
		}
	}

	#now(): string {
		return new Date(this.#runtime.now()).toISOString();
	}

	#isFree({claim}: WaitingNotice): boolean {
		return claim === undefined || !this.#runtime.isAlive(claim.process) || Math.abs(this.#runtime.now() - Date.parse(claim.time)) >= claimedForMs;
	}

	#isDue({nextAttempt}: WaitingNotice, maximumWaitMs: number): boolean {
		const waitMs = Date.parse(nextAttempt) - this.#runtime.now();
		return waitMs <= 0 || waitMs > maximumWaitMs;
	}
}
