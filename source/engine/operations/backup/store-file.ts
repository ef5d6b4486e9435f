import {closeSync, constants, fstatSync, openSync, readSync, type BigIntStats} from 'node:fs';
import type {Buffer} from 'node:buffer';
import {toPath, type ByteString} from '../../byte-string.ts';
import {CofferError, systemErrorCode} from '../../errors.ts';
import type {BlobId} from '../../ids.ts';
import {encodeContentLists, maximumInlineContent, minimumDeltaBytes, type BlobWriter, type FileChunker} from '../../repository/repository.ts';
import type {Runtime} from '../../runtime.ts';
import {toMetadata, typeOf} from '../../sources/files/metadata.ts';
import type {TreeNode} from '../../tree-node.ts';
import type {BaseFinder, FileVersion} from './base-finder.ts';
import {ContentExaminer, type ContentLook} from './content-look.ts';

export type FileToStore = {
	/** Where it is found. */
	readonly systemPath: ByteString;
	readonly name: ByteString;
	/** The file as the previous snapshot has it, if it does. */
	readonly previous?: FileVersion;
	/** The beginning of the id of the first chunk that the previous snapshot has of it, in hexadecimal. */
	readonly firstChunk?: string;
};

export type FileResult =
	| {readonly kind: 'stored'; readonly node: TreeNode; readonly isChanged: boolean; readonly look: ContentLook}
	/** It vanished, or became something else than a file, since the directory was read. */
	| {readonly kind: 'gone'}
	| {readonly kind: 'unreadable'; readonly message: string};

const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Open a file for reading, without following a link, waiting for a FIFO, or making it look used where that can be avoided. @throws System errors of open(2) */
export function openFile(systemPath: ByteString): number {
	const path = toPath(systemPath);
	try {
		// Reading for a backup must not make the file look used.
		return openSync(path, openFlags | constants.O_NOATIME);
	} catch (error) {
		// Only the owner and root may leave the access time alone.
		if (systemErrorCode(error) === 'EPERM') {
			return openSync(path, openFlags);
		}

		throw error;
	}
}

/** After a chunk of this size what waits to be written is written. */
const drainBytes = 64 * 1024;

function hasChanged(before: BigIntStats, after: BigIntStats, bytesRead: number): boolean {
	return before.mtimeNs !== after.mtimeNs || before.ctimeNs !== after.ctimeNs || before.size !== after.size || BigInt(bytesRead) !== after.size;
}

/** Reads files and stores their contents. One file at a time. */
export class FileStorer {
	readonly #chunker: FileChunker;
	readonly #blobs: BlobWriter;
	readonly #runtime: Runtime;
	readonly #isStopped: () => boolean;
	readonly #bases: BaseFinder | undefined;
	readonly #examiner = new ContentExaminer();

	/**
	@param options.isStopped - Asked before each chunk is stored. @default never
	@param options.bases - Where changed chunks are to be stored as deltas. @default they are not
	*/
	constructor(chunker: FileChunker, blobs: BlobWriter, runtime: Runtime, {isStopped = () => false, bases}: {readonly isStopped?: () => boolean; readonly bases?: BaseFinder | undefined} = {}) {
		this.#isStopped = isStopped;
		this.#bases = bases;
		this.#chunker = chunker;
		this.#blobs = blobs;
		this.#runtime = runtime;
	}

	/**
	Store one file. What is wrong with the file becomes a result.
	@throws `aborted`; what the storage threw
	*/
	async store(file: FileToStore): Promise<FileResult> {
		let descriptor: number;
		try {
			descriptor = openFile(file.systemPath);
		} catch (error) {
			return this.#explain(error);
		}

		try {
			return await this.#storeOpen(descriptor, file);
		} finally {
			closeSync(descriptor);
		}
	}

	async #storeOpen(descriptor: number, {systemPath, name, previous, firstChunk}: FileToStore): Promise<FileResult> {
		const nowMs = this.#runtime.now();
		const before = fstatSync(descriptor, {bigint: true});
		if (typeOf(before) !== 'file') {
			return {kind: 'gone'};
		}

		let readError: unknown;
		let bytesRead = 0;
		const expected = Number(before.size);
		const content: BlobId[] = [];
		const read = (buffer: Buffer, offset: number, length: number): number => {
			// Files in /proc and the like claim to be empty; for all others the size tells that the end is reached, and saves a call.
			if (readError !== undefined || (bytesRead === expected && expected > 0)) {
				return 0;
			}

			try {
				const count = readSync(descriptor, buffer, offset, length, null);
				bytesRead += count;
				return count;
			} catch (error) {
				readError = error;
				return 0;
			}
		};

		const bases = expected >= minimumDeltaBytes ? this.#bases : undefined;
		await bases?.begin(previous);
		this.#examiner.begin(expected);
		const {blobs: blobsBefore} = this.#blobs.added;
		let position = 0;
		await this.#chunker.cut(read, async (chunk, sketch) => {
			if (this.#isStopped()) {
				throw new CofferError('aborted', 'The backup was interrupted.');
			}

			this.#examiner.pass(chunk);
			const start = position;
			position += chunk.byteLength;
			const id = bases ? await this.#blobs.storeChunk(chunk, sketch, () => bases.bases(start, chunk.byteLength, sketch)) : this.#blobs.store(chunk, sketch);
			bases?.pass(id, start, chunk.byteLength);
			content.push(id);
			return chunk.byteLength >= drainBytes ? this.#blobs.drain() : undefined;
		});
		if (readError !== undefined) {
			return this.#explain(readError);
		}

		const after = fstatSync(descriptor, {bigint: true});
		const isChanged = hasChanged(before, after, bytesRead);
		const {ctimeNs, ...metadata} = toMetadata(before, 'file', systemPath, nowMs);
		const node: TreeNode = {
			...metadata,
			name,
			size: bytesRead,
			...(!isChanged && ctimeNs !== undefined && {ctimeNs}),
			...(content.length > maximumInlineContent ? {contents: encodeContentLists(content).map(list => this.#blobs.store(list))} : {content}),
			// 512 is the unit of st_blocks, whatever the file system's own block size.
			...(before.blocks * 512n < before.size && {isSparse: true}),
		};
		const isNew = this.#blobs.added.blobs > blobsBefore;
		const {isOpaque} = this.#examiner;
		const look: ContentLook = {...(isOpaque !== undefined && {isOpaque}), content: isNew ? 'new' : (firstChunk !== undefined && (content[0] ?? '').startsWith(firstChunk) ? 'same' : 'known')};
		return {kind: 'stored', node, isChanged, look};
	}

	#explain(error: unknown): FileResult {
		const code = systemErrorCode(error);
		if (code === undefined) {
			throw error;
		}

		// ELOOP: it became a symbolic link; ENXIO: a socket.
		return ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(code) ? {kind: 'gone'} : {kind: 'unreadable', message: (error as Error).message};
	}
}
