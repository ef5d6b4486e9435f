import {closeSync, constants, fstatSync, linkSync, openSync, symlinkSync} from 'node:fs';
import {basename, dirname} from 'node:path';
import {toPath} from '../../byte-string.ts';
import type {Runtime} from '../../runtime.ts';
import {typeOf} from '../../sources/files/metadata.ts';
import {lookAt} from './decision.ts';
import {openPathOnly, type GuardedFolders} from './guarded-folders.ts';
import type {PlannedEntry} from './plan.ts';
import {putInPlace, removeQuietly} from './put-in-place.ts';
import {hasExtendedAttributes, hasMetadata, setNamedMetadata} from './restored-metadata.ts';
import {makeSpecialFile} from './special-files.ts';
import {Staging} from './staging.ts';

const namedFlags = openPathOnly | constants.O_NOFOLLOW;

export type EntryMakerOptions = {
	readonly folders: GuardedFolders;
	readonly runtime: Runtime;
	readonly hasOwnership: boolean;
	/** Makes devices and FIFOs; `undefined` where there is none. */
	readonly maker: string | undefined;
	readonly warn: (entry: PlannedEntry, message: string) => void;
};

/** Makes what has no content: symbolic links, devices and FIFOs, and further names of what is there. */
export class EntryMaker {
	readonly #options: EntryMakerOptions;
	readonly #staging: Staging;

	constructor(options: EntryMakerOptions) {
		this.#options = options;
		this.#staging = new Staging(options.folders, options.runtime);
	}

	/** @throws System errors; Error with a reason */
	async make(entry: PlannedEntry): Promise<'restored' | 'identical'> {
		if (entry.action === 'compare') {
			const result = this.#compare(entry);
			if (result !== undefined) {
				return result;
			}
		}

		const {node, folder, name} = entry;
		const isPrivate = node.type !== 'symlink' || node.xattrs !== undefined;
		const temporary = isPrivate ? this.#staging.private(folder.path) : this.#staging.shared(folder.path);
		try {
			if (node.type === 'symlink') {
				symlinkSync(toPath(node.target!), temporary);
			} else {
				await makeSpecialFile(this.#options.maker!, {folder: dirname(temporary), name: basename(temporary)}, node, this.#options.runtime);
			}

			this.#setMetadata(entry, temporary, isPrivate);
			putInPlace(temporary, this.#options.folders.at(folder.path, name), entry.action !== 'create');
		} catch (error) {
			removeQuietly(temporary);
			throw error;
		}

		return 'restored';
	}

	/**
	Give what was restored as `first` another name.
	@returns `undefined` where the file system allows no more links to it, or none from there.
	@throws System errors
	*/
	link(first: PlannedEntry, entry: PlannedEntry): 'restored' | 'identical' | undefined {
		const {folders} = this.#options;
		const source = folders.duplicate(first.folder.path);
		try {
			const from = toPath(`/proc/self/fd/${source}/${first.name}` as typeof first.name);
			const target = lookAt(from);
			if (target?.type !== entry.node.type) {
				return undefined;
			}

			const existing = lookAt(folders.at(entry.folder.path, entry.name));
			if (existing?.stats.ino === target.stats.ino && existing.stats.dev === target.stats.dev) {
				return 'identical';
			}

			if (entry.action === 'create') {
				linkSync(from, folders.at(entry.folder.path, entry.name));
				return 'restored';
			}

			const temporary = this.#staging.shared(entry.folder.path);
			linkSync(from, temporary);
			try {
				putInPlace(temporary, folders.at(entry.folder.path, entry.name), true);
			} catch (error) {
				removeQuietly(temporary);
				throw error;
			}

			return 'restored';
		} catch (error) {
			if (error instanceof Error && 'code' in error && ['EXDEV', 'EMLINK', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP'].includes(String(error.code))) {
				return undefined;
			}

			throw error;
		} finally {
			closeSync(source);
		}
	}

	/** Never fails. */
	close(): void {
		this.#staging.release();
	}

	/** @returns `undefined` where it has to be made anew. */
	#compare({folder, name, node}: PlannedEntry): 'restored' | 'identical' | undefined {
		const path = this.#options.folders.at(folder.path, name);
		const {hasOwnership} = this.#options;
		const existing = lookAt(path);
		const isComplete = existing?.type === node.type
			&& hasMetadata(existing.stats, node, hasOwnership)
			&& hasExtendedAttributes(typeof path === 'string' ? path : undefined, node);
		return isComplete ? 'identical' : undefined;
	}

	#setMetadata(entry: PlannedEntry, temporary: string, isPrivate: boolean): void {
		const {hasOwnership, warn} = this.#options;
		const descriptor = openSync(temporary, namedFlags);
		try {
			const stats = fstatSync(descriptor);
			if (typeOf(stats) !== entry.node.type || stats.nlink !== 1) {
				throw new Error('somebody exchanged it while it was made');
			}

			setNamedMetadata(descriptor, isPrivate ? temporary : undefined, entry.node, {
				hasOwnership,
				warn(message) {
					warn(entry, message);
				},
			});
		} finally {
			closeSync(descriptor);
		}
	}
}
