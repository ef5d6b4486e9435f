import type {RepositoryId} from '../ids.ts';
import {addChange, readChanges, toChange, type AlertChange} from './alert-changes.ts';
import {readAlert, readAlerts, removeAlert, setAlert, type Acknowledgement, type AlertRecord} from './alerts.ts';
import {readAnnouncements, readTellings, removeAnnouncements, setAnnouncements, type AnnouncementRow, type Telling} from './announcements.ts';
import type {StateConnection} from './connection.ts';
import type {StateDatabase} from './database.ts';
import {readDigest, setDigest} from './digests.ts';
import {addNotice, type NewNotice} from './outbox.ts';
import {readRuns} from './runs.ts';
import type {SourceRun} from './source-memory.ts';

/** What is remembered, for who plans what a channel is told. */
export type ChannelMemory = {
	readonly records: readonly AlertRecord[];
	/** What the channel was told. */
	readonly announcements: readonly AnnouncementRow[];
	/** The moment up to which it has had its digest. */
	readonly digest: string | undefined;
	/** The history of alerts from a time on; see `readChanges`. */
	readonly changes: (since: string) => readonly AlertChange[];
	/** Of all sources, in no order. */
	readonly runs: () => readonly SourceRun[];
};

/** What a channel is told now, and what is remembered of that. */
export type ChannelPlan = {
	/** In the place of those with the same keys. */
	readonly told: readonly AnnouncementRow[];
	/** Keys of announcements that are over. */
	readonly over: readonly string[];
	readonly digest?: string;
	readonly notices: readonly NewNotice[];
};

/** Greater than 0 where the second severity is more severe. */
export type CompareSeverity = (before: string, after: string) => number;

const isEmpty = ({told, over, digest, notices}: ChannelPlan): boolean => told.length + over.length + notices.length === 0 && digest === undefined;

/** The alerts of this host about one repository: those that are open, their history, and what was told of them. Every method that writes does all of it or nothing. */
export class AlertState {
	readonly #database: StateDatabase;
	readonly #repository: RepositoryId;

	constructor(database: StateDatabase, repository: RepositoryId) {
		this.#database = database;
		this.#repository = repository;
	}

	/** Those that are open, in no order. @throws `state-failed` */
	records(): AlertRecord[] {
		return this.#database.read(connection => readAlerts(connection, this.#repository), []);
	}

	/** Which channels were told of the open ones, by their keys. @throws `state-failed` */
	tellings(): ReadonlyMap<string, readonly Telling[]> {
		return this.#database.read<ReadonlyMap<string, readonly Telling[]>>(connection => readTellings(connection, this.#repository), new Map());
	}

	/** What happened to alerts from a time on, oldest first. @param since - RFC 3339, in UTC with milliseconds. @default all that is kept @throws `state-failed` */
	history(since?: string): AlertChange[] {
		return this.#database.read(connection => readChanges(connection, this.#repository, since), []);
	}

	/**
	Change what is remembered of alerts, and write down what that means for each of them: it was raised, became more or less severe, or is over.
	@param options.time - When that was found: RFC 3339.
	@param change - Is given all records there are, and returns all that are to be.
	@throws `state-failed`
	*/
	change({time, compare}: {readonly time: string; readonly compare: CompareSeverity}, change: (records: readonly AlertRecord[]) => readonly AlertRecord[]): void {
		this.#database.write(connection => {
			const before = new Map(readAlerts(connection, this.#repository).map(record => [record.key, record]));
			const note = (record: AlertRecord, event: AlertChange['event']) => {
				addChange(connection, this.#repository, toChange(record, {event, time}));
			};

			for (const record of change([...before.values()])) {
				const earlier = before.get(record.key);
				before.delete(record.key);
				if (record !== earlier) {
					setAlert(connection, this.#repository, record);
				}

				const difference = earlier === undefined ? 0 : compare(earlier.severity, record.severity);
				if (earlier === undefined || difference !== 0) {
					note(record, earlier === undefined ? 'raised' : (difference > 0 ? 'escalated' : 'eased'));
				}
			}

			for (const [key, record] of before) {
				removeAlert(connection, this.#repository, key);
				note(record, 'resolved');
			}
		});
	}

	/**
	Note that somebody has taken note of an alert, or takes that back.
	@param isUndone - @default false
	@returns Whether there is such an alert
	@throws `state-failed`
	*/
	hasAcknowledged(key: string, {time, user, note}: Acknowledgement, isUndone = false): boolean {
		return this.#database.write(connection => {
			const record = readAlert(connection, this.#repository, key);
			if (record === undefined) {
				return false;
			}

			const {acknowledged: _, ...rest} = record;
			const noted = note !== undefined && {note};
			setAlert(connection, this.#repository, {...rest, ...(!isUndone && {acknowledged: {time, user, ...noted}})});
			addChange(connection, this.#repository, toChange(record, {event: isUndone ? 'unacknowledged' : 'acknowledged', time, user, ...noted}));
			return true;
		});
	}

	/**
	Tell channels what there is to tell: what is remembered of that and the notices that wait are written together, so that nothing is told twice or not at all.
	@param channels - Their names.
	@param plan - Called again where it finds something to write, so that it is about what is there then.
	@returns How many waiting notices were dropped, by channel
	@throws `state-failed`
	*/
	announce(channels: readonly string[], plan: (channel: string, memory: ChannelMemory) => ChannelPlan): ReadonlyMap<string, number> {
		const planAll = (connection: StateConnection) => {
			const records = readAlerts(connection, this.#repository);
			return channels.map(channel => ({channel, plan: plan(channel, {
				records,
				announcements: readAnnouncements(connection, this.#repository, channel),
				digest: readDigest(connection, this.#repository, channel),
				changes: since => readChanges(connection, this.#repository, since),
				runs: () => [...readRuns(connection, this.#repository).values()].flat(),
			})}));
		};

		const isNothingNew = this.#database.read(connection => planAll(connection).every(planned => isEmpty(planned.plan)), true);
		if (isNothingNew) {
			return new Map();
		}

		return this.#database.write(connection => {
			const dropped = new Map<string, number>();
			for (const {channel, plan: {told, over, digest, notices}} of planAll(connection)) {
				setAnnouncements(connection, this.#repository, channel, told);
				removeAnnouncements(connection, this.#repository, channel, over);
				if (digest !== undefined) {
					setDigest(connection, this.#repository, channel, digest);
				}

				const count = notices.reduce((sum, notice) => sum + addNotice(connection, this.#repository, notice), 0);
				if (count > 0) {
					dropped.set(channel, count);
				}
			}

			return dropped;
		});
	}
}
