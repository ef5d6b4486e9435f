import {closeSync, constants, fsyncSync, openSync} from 'node:fs';
import {CofferError, isCofferError} from '../../errors.ts';
import type {ByteString} from '../../byte-string.ts';
import type {BlobId} from '../../ids.ts';
import type {BlobHasher, BlobReader} from '../../repository/repository.ts';
import type {Runtime} from '../../runtime.ts';
import type {TreeNode} from '../../tree-node.ts';
import {ExistingContent, setLength, writeFully, writeSparsely} from './file-content.ts';
import type {GuardedFolders} from './guarded-folders.ts';
import {putInPlace, removeQuietly} from './put-in-place.ts';
import type {RestoreControl} from './restore-control.ts';
import {hasExtendedAttributes, hasMetadata, setFileMetadata, type RestorableMetadata} from './restored-metadata.ts';
import {Staging} from './staging.ts';
import {assertTargetUsable, describeFailure} from './system-failure.ts';

/** A file to be written; survives the structured clone. */
export type FileOrder = {
	/** From the target. */
	readonly folder: ByteString;
	/** In the target; another than the node's where both are kept. */
	readonly name: ByteString;
	readonly node: RestorableMetadata & Pick<TreeNode, 'size' | 'isSparse'>;
	readonly content: readonly BlobId[];
	readonly action: 'create' | 'replace' | 'compare';
};

export type FileOutcome = {
	readonly result: 'restored' | 'identical' | 'failed';
	/** Why it failed. */
	readonly message?: string;
	/** It failed because of what is stored, and would fail under any name. */
	readonly isDamaged?: boolean;
	readonly warnings?: readonly string[];
};

export type FileWriterOptions = {
	readonly folders: GuardedFolders;
	readonly blobs: BlobReader;
	readonly hasher: BlobHasher;
	readonly control: RestoreControl;
	readonly runtime: Runtime;
	readonly hasOwnership: boolean;
	/** For messages. */
	readonly targetPath: string;
};

const newFileFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const restored: FileOutcome = {result: 'restored'};
const identical: FileOutcome = {result: 'identical'};

function gatherWarnings() {
	const warnings: string[] = [];
	return {
		warnings,
		warn(message: string): void {
			warnings.push(message);
		},
	};
}

/** Writes files: under a temporary name, with all their metadata, then under their own. One at a time. */
export class FileWriter {
	readonly #options: FileWriterOptions;
	readonly #staging: Staging;

	constructor(options: FileWriterOptions) {
		this.#options = options;
		this.#staging = new Staging(options.folders, options.runtime);
	}

	/** @throws `aborted`, `target-unusable`, and what the storage throws that may pass; all else is the outcome */
	async write(order: FileOrder): Promise<FileOutcome> {
		try {
			return order.action === 'compare' ? await this.#compare(order) : await this.#write(order);
		} catch (error) {
			assertTargetUsable(error, this.#options.targetPath);
			if (isCofferError(error) && (error.isRetryable || error.code === 'aborted' || error.code === 'key-role')) {
				throw error;
			}

			return {result: 'failed', message: describeFailure(error), ...(isCofferError(error) && {isDamaged: true})};
		} finally {
			this.#options.control.countFile();
		}
	}

	/** After the last file. Never fails. */
	close(): void {
		this.#staging.release();
	}

	async #compare(order: FileOrder): Promise<FileOutcome> {
		const {folders, blobs, hasher, hasOwnership} = this.#options;
		const existing = new ExistingContent(folders.at(order.folder, order.name), blobs, hasher);
		try {
			if (!existing.stats.isFile() || !this.#hasContent(existing, order)) {
				return await this.#write(order, existing);
			}

			const path = folders.at(order.folder, order.name);
			if (!hasExtendedAttributes(typeof path === 'string' ? path : undefined, order.node)) {
				return await this.#write(order, existing);
			}

			if (hasMetadata(existing.stats, order.node, hasOwnership)) {
				return identical;
			}

			// A file with other names is not ours alone to change, wherever those names are; and a change of the owner drops capabilities.
			if (existing.stats.nlink > 1n || order.node.xattrs) {
				return await this.#write(order, existing);
			}

			const {warnings, warn} = gatherWarnings();
			setFileMetadata(existing.descriptor, undefined, order.node, {hasOwnership, warn});
			return warnings.length > 0 ? {...restored, warnings} : restored;
		} finally {
			existing.close();
		}
	}

	#hasContent(existing: ExistingContent, {node, content}: FileOrder): boolean {
		let position = 0;
		for (const id of content) {
			this.#options.control.throwIfStopped();
			const bytes = existing.read(id, position);
			if (bytes === undefined) {
				return false;
			}

			position += bytes.byteLength;
		}

		return position === node.size && BigInt(position) === existing.stats.size;
	}

	async #write(order: FileOrder, existing?: ExistingContent): Promise<FileOutcome> {
		const {folders, blobs, hasOwnership} = this.#options;
		const {folder, name, node, content} = order;
		// Before there is a file, as a first chunk that is lost is the most frequent failure.
		const first = content.length > 0 && !existing ? (blobs.readCached(content[0]!) ?? await blobs.read(content[0]!)) : undefined;
		const isPrivate = (node.xattrs?.length ?? 0) > 0;
		const temporary = isPrivate ? this.#staging.private(folder) : this.#staging.shared(folder);
		const descriptor = openSync(temporary, newFileFlags, 0o600);
		const {warnings, warn} = gatherWarnings();
		try {
			try {
				await this.#writeContent(descriptor, order, first, existing);
				setFileMetadata(descriptor, isPrivate ? temporary : undefined, node, {hasOwnership, warn});
				if (order.action !== 'create') {
					fsyncSync(descriptor);
				}
			} finally {
				closeSync(descriptor);
			}

			const final = folders.at(folder, name);
			putInPlace(temporary, final, order.action !== 'create');
		} catch (error) {
			removeQuietly(temporary);
			throw error;
		}

		return warnings.length > 0 ? {...restored, warnings} : restored;
	}

	async #writeContent(descriptor: number, {node, content}: FileOrder, first: Buffer | undefined, existing: ExistingContent | undefined): Promise<void> {
		const {blobs, control} = this.#options;
		let position = 0;
		for (let index = 0; index < content.length; index++) {
			control.throwIfStopped();
			const id = content[index]!;
			const bytes = (index === 0 ? first : undefined) ?? existing?.read(id, position) ?? blobs.readCached(id) ?? await blobs.read(id);
			if (node.isSparse) {
				writeSparsely(descriptor, bytes, position);
			} else {
				writeFully(descriptor, bytes, position);
			}

			position += bytes.byteLength;
			control.countBytes(bytes.byteLength);
			blobs.releaseUnused();
		}

		if (position !== node.size) {
			throw new CofferError('damaged', `Its stored parts are ${position} bytes long, and the file was ${node.size}: the snapshot was damaged or written by another program.`);
		}

		if (node.isSparse) {
			setLength(descriptor, position);
		}
	}
}
