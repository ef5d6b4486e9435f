import {linesBackward} from './backward-lines.ts';
import type {LogChannel} from './channel.ts';
import {isWanted, parseLogLine, type LogEntry, type LogFilter} from './log-entry.ts';
import {closeLogs, findLogs, readerOf, type FoundLog} from './open-logs.ts';

/** Lines of one file stand in their order but for so many milliseconds: each process writes what it has collected. */
const disorderMs = 5000;
/** So many lines are put in order at a time, at most. */
const maximumWaiting = 20_000;

/** An entry, and when it was written; of a line that does not say it, when the one after it was. */
type TimedEntry = {readonly entry: LogEntry; readonly atMs: number};

/** A file that is read backward. */
class Stream {
	readonly #lines: AsyncGenerator<string>;
	readonly #channel: LogChannel;
	/** When the last line that was read was written: nothing that comes is much younger. */
	frontierMs: number;
	isDone = false;

	constructor(log: FoundLog) {
		this.#lines = linesBackward(log.sizeBytes, readerOf(log));
		this.#channel = log.channel;
		this.frontierMs = log.changedMs;
	}

	async next(): Promise<TimedEntry | undefined> {
		const result = await this.#lines.next();
		if (result.done) {
			this.isDone = true;
			return undefined;
		}

		const entry = parseLogLine(result.value, this.#channel);
		this.frontierMs = entry.timeMs ?? this.frontierMs;
		return {entry, atMs: this.frontierMs};
	}
}

type WaitingEntry = TimedEntry & {readonly stream: number; readonly order: number};

const isBefore = (a: WaitingEntry, b: WaitingEntry): boolean => a.atMs === b.atMs ? (a.stream === b.stream ? a.order < b.order : a.stream < b.stream) : a.atMs < b.atMs;

/** Put an entry where it belongs among those that are in order. */
function insert(waiting: WaitingEntry[], one: WaitingEntry): void {
	let low = 0;
	for (let high = waiting.length; low < high;) {
		const middle = (low + high) >> 1;
		if (isBefore(waiting[middle]!, one)) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}

	waiting.splice(low, 0, one);
}

/**
All lines, the newest first.
@yields Of such as were written at the same time that of the later file, and the later one in it, comes first
*/
async function * newestFirst(streams: readonly Stream[]): AsyncGenerator<TimedEntry> {
	// The newest last. `order` falls from each line that is read to the next.
	const waiting: WaitingEntry[] = [];
	let order = 0;
	const read = async (index: number) => {
		const timed = await streams[index]!.next();
		if (timed) {
			insert(waiting, {...timed, stream: index, order: --order});
		}
	};

	for (const index of streams.keys()) {
		await read(index);
	}

	for (;;) {
		const newest = waiting.at(-1);
		const late = streams.findIndex(({isDone, frontierMs}) => !isDone && (newest === undefined || frontierMs > newest.atMs - disorderMs));
		if (late !== -1 && waiting.length < maximumWaiting) {
			await read(late);
		} else if (newest === undefined) {
			return;
		} else {
			waiting.pop();
			yield newest;
		}
	}
}

export type NewestOptions = {
	readonly channels: readonly LogChannel[];
	readonly filter: LogFilter;
	/** How many at most. */
	readonly count: number;
};

/** The newest entries of logs that were found, the oldest of them first, and whether there were more. @throws what the system throws */
export async function newestOf(logs: readonly FoundLog[], {filter, count}: Omit<NewestOptions, 'channels'>): Promise<{readonly entries: readonly LogEntry[]; readonly hasMore: boolean}> {
	const entries: LogEntry[] = [];
	for await (const {entry, atMs} of newestFirst(logs.map(log => new Stream(log)))) {
		if (filter.sinceMs !== undefined && atMs < filter.sinceMs) {
			break;
		}

		if (!isWanted(entry, filter, atMs)) {
			continue;
		}

		if (entries.length >= count) {
			return {entries: entries.reverse(), hasMore: true};
		}

		entries.push(entry);
	}

	return {entries: entries.reverse(), hasMore: false};
}

/** The newest entries of some logs, the oldest of them first, and whether there were more. Only as much is read as they take. @throws what the system throws */
export async function newestEntries(folder: string, {channels, ...options}: NewestOptions): Promise<{readonly entries: readonly LogEntry[]; readonly hasMore: boolean}> {
	const logs = await findLogs(folder, channels);
	try {
		return await newestOf(logs, options);
	} finally {
		await closeLogs(logs);
	}
}
