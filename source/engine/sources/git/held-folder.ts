import {closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, type BigIntStats} from 'node:fs';
import {Buffer} from 'node:buffer';
import {joinPath, toPath, type ByteString} from '../../byte-string.ts';
import {systemErrorCode} from '../../errors.ts';
import type {StreamedEntry} from '../../streamed-entry.ts';
import {sizeText} from '../../size-text.ts';
import {toMetadata, typeOf} from '../files/metadata.ts';
import {onePiece, readPieces} from '../pieces.ts';

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY;
/** For files that others may have put there: no link is followed, no FIFO waited for. */
export const fileFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** What small files of a repository may hold: more than that is none of git's. */
const maximumFileBytes = 512 * 1024 * 1024;

/** Whether nothing is there, or something on the way is no folder, such as a symbolic link. */
export const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemErrorCode(error) ?? '');

/** A folder that is held by a descriptor, from which what is below it is reached one name at a time and never through a symbolic link, whatever others do to it meanwhile. */
export class HeldFolder {
	/** Where it was found, for messages and as the path in the snapshot. */
	readonly path: ByteString;
	readonly #descriptor: number;

	private constructor(path: ByteString, descriptor: number) {
		this.path = path;
		this.#descriptor = descriptor;
	}

	/** @param path - Absolute; links in it are followed, as a person has named it. @throws System errors */
	static open(path: ByteString): HeldFolder {
		return new HeldFolder(path, openSync(toPath(path), folderFlags));
	}

	get stats(): BigIntStats {
		return fstatSync(this.#descriptor, {bigint: true});
	}

	/** @throws System errors, `ENOTDIR` or `ELOOP` for a symbolic link */
	enter(name: ByteString): HeldFolder {
		return new HeldFolder(joinPath(this.path, name), openSync(toPath(this.systemPath(name)), folderFlags | constants.O_NOFOLLOW));
	}

	/** As `enter`; `undefined` where there is no such folder. */
	find(name: string): HeldFolder | undefined {
		try {
			return this.enter(name as ByteString);
		} catch (error) {
			if (isAbsent(error)) {
				return undefined;
			}

			throw error;
		}
	}

	/** A small file below it; `undefined` where it, or a folder on the way, is not there. @throws As `read` */
	readBelow(folders: readonly string[], name: string): Buffer | undefined {
		const [first, ...rest] = folders;
		if (first === undefined) {
			return this.read(name);
		}

		const inner = this.find(first);
		try {
			return inner?.readBelow(rest, name);
		} finally {
			inner?.close();
		}
	}

	/** In byte order. @throws System errors */
	names(): ByteString[] {
		return (readdirSync(`/proc/self/fd/${this.#descriptor}/.`, 'latin1') as ByteString[]).sort();
	}

	/** Of an entry itself, where it is a link. `undefined` where there is none. */
	look(name: string): BigIntStats | undefined {
		return lstatSync(toPath(this.systemPath(name as ByteString)), {bigint: true, throwIfNoEntry: false});
	}

	/** A small file; `undefined` where there is none. @throws System errors; Error where it is no file, or larger than can be meant */
	read(name: string): Buffer | undefined {
		const stats = this.look(name);
		if (stats === undefined) {
			return undefined;
		}

		if (typeOf(stats) !== 'file') {
			throw new Error(`${name} is no file${stats.isSymbolicLink() ? ' but a symbolic link, which is not followed' : ''}`);
		}

		const descriptor = openSync(toPath(this.systemPath(name as ByteString)), fileFlags);
		try {
			const {size} = fstatSync(descriptor);
			if (size > maximumFileBytes) {
				throw new Error(`${name} holds ${sizeText(size)}, which is more than can be meant`);
			}

			const buffer = Buffer.alloc(size + 1);
			const parts: Buffer[] = [];
			for (let byteCount = readSync(descriptor, buffer); byteCount > 0; byteCount = readSync(descriptor, buffer)) {
				parts.push(Buffer.from(buffer.subarray(0, byteCount)));
			}

			return Buffer.concat(parts);
		} finally {
			closeSync(descriptor);
		}
	}

	/** The entry of this folder itself. */
	entry(nowMs: number): StreamedEntry {
		return {path: this.path, ...describe(this.stats, 'directory', this.systemPath('.' as ByteString), nowMs)};
	}

	/**
	One entry of it, with its content where it is a file, or that of `content` instead.
	@yields One, or none where there is nothing of that name.
	@param onSkip - Told when it is there and cannot be read.
	*/
	async * entries(name: ByteString, nowMs: number, onSkip: (path: ByteString, reason: string) => void, content?: Uint8Array): AsyncGenerator<StreamedEntry, void, undefined> {
		const path = joinPath(this.path, name);
		let descriptor: number | undefined;
		let entry: StreamedEntry;
		try {
			const stats = this.look(name);
			const type = stats && typeOf(stats);
			if (stats === undefined || type === undefined || type === 'directory') {
				return;
			}

			const systemPath = this.systemPath(name);
			if (type === 'file' && content === undefined) {
				descriptor = openSync(toPath(systemPath), fileFlags);
			}

			const found = descriptor === undefined ? stats : fstatSync(descriptor, {bigint: true});
			entry = {path, ...describe(found, typeOf(found) ?? type, systemPath, nowMs)};
		} catch (error) {
			if (descriptor !== undefined) {
				closeSync(descriptor);
			}

			if (!isAbsent(error)) {
				onSkip(path, `it cannot be read (${systemErrorCode(error) ?? String(error)})`);
			}

			return;
		}

		try {
			yield content === undefined
				? {...entry, ...(entry.type === 'file' && {content: readPieces(descriptor!)})}
				: {...entry, type: 'file', size: content.byteLength, content: onePiece(content)};
		} finally {
			if (descriptor !== undefined) {
				closeSync(descriptor);
			}
		}
	}

	/**
	All that is below it.
	@param isWanted - Asked of each of its own entries. @default all
	@yields Each folder before what it holds.
	*/
	async * walkContents(nowMs: number, onSkip: (path: ByteString, reason: string) => void, isWanted: (name: ByteString) => boolean = () => true): AsyncGenerator<StreamedEntry, void, undefined> {
		for (const name of this.names().filter(name => isWanted(name))) {
			if (!this.look(name)?.isDirectory()) {
				yield * this.entries(name, nowMs, onSkip);
				continue;
			}

			let inner: HeldFolder | undefined;
			try {
				inner = this.enter(name);
				yield inner.entry(nowMs);
				yield * inner.walkContents(nowMs, onSkip);
			} catch (error) {
				if (systemErrorCode(error) === undefined) {
					throw error;
				}

				onSkip(joinPath(this.path, name), `it cannot be read (${systemErrorCode(error)})`);
			} finally {
				inner?.close();
			}
		}
	}

	close(): void {
		closeSync(this.#descriptor);
	}

	/** For system calls on an entry; what it names is not safe from links itself. */
	systemPath(name: ByteString): ByteString {
		return `/proc/self/fd/${this.#descriptor}/${name}` as ByteString;
	}
}

function describe(stats: BigIntStats, type: NonNullable<ReturnType<typeof typeOf>>, systemPath: ByteString, nowMs: number): Omit<StreamedEntry, 'path'> {
	const {mode, uid, gid, mtimeNs, xattrs, target, rdev} = toMetadata(stats, type, systemPath, nowMs);
	return {type, mode, uid, gid, mtimeNs, ...(xattrs && {xattrs}), ...(target !== undefined && {target}), ...(rdev !== undefined && {rdev})};
}
