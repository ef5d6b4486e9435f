import type {FileHandle} from 'node:fs/promises';
import type {LogChannel} from './channel.ts';
import {GrowingFile} from './growing-file.ts';
import {parseLogLine, type LogEntry} from './log-entry.ts';
import {listAside, logFileOf} from './log-files.ts';
import {openLog, type FoundLog} from './open-logs.ts';

/** Follows the log of one channel through every time that it is begun anew. */
export class ChannelFollower {
	readonly #channel: LogChannel;
	readonly #file: string;
	#current: GrowingFile | undefined;
	/** The one before, to which somebody may still be writing a line. */
	#previous: GrowingFile | undefined;
	/** The highest number under which something was put aside that is read by now. */
	#number: number;

	/** @param found - The log as it was found: what is in it by then is not given. Its handle is closed here from now on. */
	constructor(folder: string, channel: LogChannel, found?: FoundLog) {
		this.#channel = channel;
		this.#file = logFileOf(folder, channel);
		this.#current = found?.handle && new GrowingFile(found.handle, found.inode, found.sizeBytes);
		this.#number = listAside(this.#file).at(-1)?.number ?? 0;
	}

	/** Give what was written since. @throws what the system throws; what could be read was given before */
	async read(take: (entry: LogEntry) => void): Promise<void> {
		const takeLine = (line: string) => {
			take(parseLogLine(line, this.#channel));
		};

		await this.#previous?.read(takeLine);
		for (let hasChanged = true; hasChanged;) {
			await this.#current?.read(takeLine);
			const handle = await openLog(this.#file);
			const inode = handle && (await handle.stat()).ino;
			hasChanged = inode !== undefined && inode !== this.#current?.inode;
			if (!handle || !hasChanged) {
				await handle?.close();
				return;
			}

			await this.#readAside(takeLine, [this.#current?.inode, inode]);
			await this.#previous?.close();
			this.#previous = this.#current;
			await this.#previous?.read(takeLine);
			this.#current = new GrowingFile(handle, inode!);
		}
	}

	/** Give the files back. Never fails. */
	async close(): Promise<void> {
		await this.#previous?.close();
		await this.#current?.close();
	}

	/** What came and was put aside again between two looks. */
	async #readAside(take: (line: string) => void, known: ReadonlyArray<number | undefined>): Promise<void> {
		for (const {file, number} of listAside(this.#file).filter(aside => aside.number > this.#number)) {
			const handle: FileHandle | undefined = await openLog(file);
			const inode = handle && (await handle.stat()).ino;
			if (handle && !known.includes(inode)) {
				await new GrowingFile(handle, inode!).read(take);
			}

			await handle?.close();
			this.#number = number;
		}
	}
}
