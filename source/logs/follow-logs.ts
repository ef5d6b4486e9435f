import {errorText, systemErrorCode} from '../engine/index.ts';
import type {LogChannel} from './channel.ts';
import {ChannelFollower} from './channel-follower.ts';
import {isWanted, type LogEntry, type LogFilter} from './log-entry.ts';
import {newestOf} from './newest-entries.ts';
import {closeLogs, findLogs, type FoundLog} from './open-logs.ts';

/** What is new in the logs. */
export type LogNews = {
	/** The oldest first. They may hold anything. */
	readonly entries: readonly LogEntry[];
	/** Why they cannot be read now, and what to do; `undefined`: they can. */
	readonly problem?: string;
};

export type FollowOptions = {
	readonly channels: readonly LogChannel[];
	readonly filter: LogFilter;
	/** How many of those that are there are given first, at most. */
	readonly count: number;
	/** Ends it. */
	readonly signal: AbortSignal;
	/** Gives when it is worth to look again. Must give soon after the signal has fired. */
	readonly wait: () => Promise<void>;
	/** Told after the first look, and then whenever there are entries, another problem, or no problem any more. It is waited for. */
	readonly onNews: (news: LogNews) => void | Promise<void>;
};

function explain(error: unknown, folder: string): string {
	return ['EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')
		? `The logs in ${folder} may not be read by this user. Look at them as the user that runs the backups.`
		: `The logs in ${folder} cannot be read: ${errorText(error)}.`;
}

const byTime = (a: LogEntry, b: LogEntry): number => a.timeMs === undefined || b.timeMs === undefined ? 0 : a.timeMs - b.timeMs;

/** What is followed ends with whole lines: the half one at the end comes when it is whole. */
async function toWholeLines(log: FoundLog): Promise<FoundLog> {
	if (!log.handle || log.sizeBytes === 0) {
		return log;
	}

	const block = Buffer.alloc(Math.min(log.sizeBytes, 64 * 1024));
	const {bytesRead} = await log.handle.read(block, 0, block.length, log.sizeBytes - block.length);
	const end = block.subarray(0, bytesRead).lastIndexOf(0x0A);
	return end === -1 ? log : {...log, sizeBytes: log.sizeBytes - block.length + end + 1};
}

/** Logs that are followed: what was there at first, and then what comes. */
class FollowedLogs {
	readonly #followers: readonly ChannelFollower[];
	readonly first: readonly LogEntry[];

	static async begin(folder: string, {channels, filter, count}: FollowOptions): Promise<FollowedLogs> {
		const found = await findLogs(folder, channels);
		try {
			const logs = await Promise.all(found.map(async log => toWholeLines(log)));
			const {entries} = await newestOf(logs, {filter, count});
			return new FollowedLogs(channels.map(channel => new ChannelFollower(folder, channel, logs.find(log => log.channel === channel && log.handle !== undefined))), entries);
		} catch (error) {
			await closeLogs(found);
			throw error;
		}
	}

	private constructor(followers: readonly ChannelFollower[], first: readonly LogEntry[]) {
		this.#followers = followers;
		this.first = first;
	}

	async read(entries: LogEntry[]): Promise<void> {
		for (const follower of this.#followers) {
			await follower.read(entry => {
				entries.push(entry);
			});
		}
	}

	async close(): Promise<void> {
		await Promise.all(this.#followers.map(async follower => follower.close()));
	}
}

/** Give the newest lines of some logs, and then what is written to them. */
export async function followLogs(folder: string, options: FollowOptions): Promise<void> {
	const {filter, signal, wait, onNews} = options;
	let followed: FollowedLogs | undefined;
	let last: string | undefined;
	for (let isFirst = true; !signal.aborted; isFirst = false) {
		const entries: LogEntry[] = [];
		let problem: string | undefined;
		try {
			if (followed) {
				await followed.read(entries);
				entries.sort(byTime);
			} else {
				followed = await FollowedLogs.begin(folder, options);
				entries.push(...followed.first);
			}
		} catch (error) {
			problem = explain(error, folder);
		}

		const wanted = entries.filter(entry => isWanted(entry, filter, entry.timeMs ?? Number.POSITIVE_INFINITY));
		if (isFirst || wanted.length > 0 || problem !== last) {
			await onNews({entries: wanted, ...(problem !== undefined && {problem})});
		}

		last = problem;
		if (!signal.aborted) {
			await wait();
		}
	}

	await followed?.close();
}
