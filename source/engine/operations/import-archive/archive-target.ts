import {closeSync, constants, mkdirSync, openSync} from 'node:fs';
import {toDisplayText, type ByteString} from '../../byte-string.ts';
import {isCofferError, systemErrorCode, throwIfAborted} from '../../errors.ts';
import type {Runtime} from '../../runtime.ts';
import {splitStreamedPath, type StreamedEntry} from '../../streamed-entry.ts';
import type {TreeNode} from '../../tree-node.ts';
import {lookAt} from '../restore/decision.ts';
import {EntryMaker} from '../restore/entry-maker.ts';
import {writeFully} from '../restore/file-content.ts';
import {pathOfDescriptor, type GuardedFolders} from '../restore/guarded-folders.ts';
import {pathIn, type PlannedEntry, type PlannedFolder} from '../restore/plan.ts';
import {putInPlace, removeQuietly} from '../restore/put-in-place.ts';
import {snapshotPath, type RestoreReport} from '../restore/restore-report.ts';
import {setFileMetadata, setNamedMetadata} from '../restore/restored-metadata.ts';
import {findMaker} from '../restore/special-files.ts';
import {Staging} from '../restore/staging.ts';
import {assertTargetUsable, describeFailure} from '../restore/system-failure.ts';

export type ArchiveTargetOptions = {
	readonly folders: GuardedFolders;
	readonly report: RestoreReport;
	readonly runtime: Runtime;
	/** Set owners, setuid and setgid bits, and make devices. */
	readonly hasOwnership: boolean;
	/** For messages. */
	readonly targetPath: string;
	readonly signal?: AbortSignal | undefined;
};

const newFileFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
A directory that the entries of a stream are put into as they come. What was there before stays; of two entries of one name in the stream the later one counts, as with tar.
Below the target no symbolic link is followed, neither one that was there nor one that came from the stream.
*/
export class ArchiveTarget {
	readonly #options: ArchiveTargetOptions;
	readonly #staging: Staging;
	readonly #entryMaker: EntryMaker;
	readonly #folders = new Map<ByteString, PlannedFolder>([['' as ByteString, {path: '' as ByteString, existing: 'folder', isSelected: false, isNeeded: true}]]);
	/** Metadata of the directories that were made here, by their paths. */
	readonly #made = new Map<ByteString, TreeNode | undefined>();
	/** Everything else that was made here. */
	readonly #entries = new Set<ByteString>();
	/** Entries that were there before, and stay. */
	kept = 0;
	directories = 0;

	constructor(options: ArchiveTargetOptions) {
		const {folders, runtime, hasOwnership, report} = options;
		this.#options = options;
		this.#staging = new Staging(folders, runtime);
		this.#entryMaker = new EntryMaker({
			folders, runtime, hasOwnership, maker: findMaker(),
			warn({folder, node}, message) {
				report.warn(snapshotPath(pathIn(folder, node.name)), message);
			},
		});
	}

	/** Put an entry there; what is wrong with it is reported. @throws `aborted`, `target-unusable`; what the content throws */
	async add(entry: StreamedEntry): Promise<void> {
		const {report, targetPath} = this.#options;
		const split = splitStreamedPath(entry.path);
		if ('reason' in split) {
			report.fail(toDisplayText(entry.path), `${split.reason}.`);
			return;
		}

		const path = split.parts.join('/') as ByteString;
		try {
			await this.#add(entry, split.parts, path);
		} catch (error) {
			// Not about this entry, but about the stream or the program.
			if (isCofferError(error) || error instanceof TypeError || error instanceof RangeError) {
				throw error;
			}

			assertTargetUsable(error, targetPath);
			if (systemErrorCode(error) === 'EEXIST') {
				this.kept++;
				return;
			}

			report.fail(snapshotPath(path), describeFailure(error));
		}
	}

	/** Give the directories that were made their metadata: after everything in them is there. Never fails: what cannot be set is reported. */
	finish(): void {
		const {report} = this.#options;
		this.#staging.release();
		this.#entryMaker.close();
		for (const [path, node] of [...this.#made].reverse()) {
			try {
				this.#finishFolder(path, node);
			} catch (error) {
				report.warn(snapshotPath(path), `the metadata of the directory could not be set: ${describeFailure(error)}`);
			}
		}
	}

	async #add(entry: StreamedEntry, parts: readonly ByteString[], path: ByteString): Promise<void> {
		const {report} = this.#options;
		const name = parts.at(-1);
		if (entry.type === 'directory' && entry.linkTo === undefined) {
			this.#enter(parts);
			this.#noteMetadata(path, name, entry);
			return;
		}

		if (name === undefined) {
			throw new Error('it would take the place of the target itself.');
		}

		const folder = this.#enter(parts.slice(0, -1));
		const planned: PlannedEntry = {folder, node: toNode(entry, name), name, action: this.#entries.has(path) ? 'replace' : 'create', isObstructed: false};
		if (entry.linkTo !== undefined) {
			this.#link(planned, entry.linkTo);
		} else if (entry.type === 'file') {
			await this.#writeFile(planned, entry);
		} else if (this.#canMake(planned)) {
			await this.#entryMaker.make(planned);
		} else {
			report.skip(snapshotPath(path), 'only root can make a device, with the program mknod.');
			return;
		}

		this.#entries.add(path);
		report.restored++;
	}

	#canMake({node: {type}}: PlannedEntry): boolean {
		return type === 'symlink' || (findMaker() !== undefined && (type === 'fifo' || this.#options.hasOwnership));
	}

	/** Make or enter a directory and those above it. */
	#enter(parts: readonly ByteString[]): PlannedFolder {
		let folder = this.#folders.get('' as ByteString)!;
		for (const name of parts) {
			const path = pathIn(folder, name);
			const known = this.#folders.get(path);
			const inner = known ?? {path, parent: folder, existing: 'folder', isSelected: true, isNeeded: true};
			if (known === undefined) {
				this.#makeFolder(folder, name, path);
				this.#folders.set(path, inner);
			}

			folder = inner;
		}

		return folder;
	}

	#makeFolder(parent: PlannedFolder, name: ByteString, path: ByteString): void {
		const {folders} = this.#options;
		try {
			// Until all is in it nobody else shall enter.
			mkdirSync(folders.at(parent.path, name), 0o700);
			this.#made.set(path, undefined);
			this.directories++;
		} catch (error) {
			if (systemErrorCode(error) !== 'EEXIST') {
				throw error;
			}

			if (lookAt(folders.at(parent.path, name))?.type !== 'directory') {
				throw new Error('a folder on the way is something else there, such as a symbolic link; links below the target are never followed.', {cause: error});
			}
		}

		folders.open(path);
	}

	#noteMetadata(path: ByteString, name: ByteString | undefined, entry: StreamedEntry): void {
		if (name !== undefined && this.#made.has(path)) {
			this.#made.set(path, toNode(entry, name));
		}
	}

	#finishFolder(path: ByteString, node: TreeNode | undefined): void {
		const {folders, hasOwnership, report} = this.#options;
		if (node === undefined) {
			return;
		}

		const descriptor = folders.open(path);
		setNamedMetadata(descriptor, pathOfDescriptor(descriptor), node, {
			hasOwnership,
			warn(message) {
				report.warn(snapshotPath(path), message);
			},
		});
	}

	/** @throws `EEXIST` where something was there before: known early, nothing is written for it */
	#assertFree({folder, name, action}: PlannedEntry): void {
		if (action === 'create' && lookAt(this.#options.folders.at(folder.path, name)) !== undefined) {
			throw Object.assign(new Error('The name is taken'), {code: 'EEXIST'});
		}
	}

	#link(planned: PlannedEntry, linkTo: ByteString): void {
		const {folders} = this.#options;
		this.#assertFree(planned);
		const target = splitStreamedPath(linkTo);
		const path = 'parts' in target ? target.parts.join('/') as ByteString : undefined;
		// Only to what came from the archive: a link to what was there before would share it.
		if (path === undefined || !('parts' in target) || !this.#entries.has(path)) {
			throw new Error(`it is a hard link to ${toDisplayText(linkTo)}, which the archive does not have before it, or which was not restored.`);
		}

		const name = target.parts.at(-1)!;
		const folder = this.#enter(target.parts.slice(0, -1));
		const type = lookAt(folders.at(folder.path, name))?.type;
		const node = {...planned.node, type: type ?? 'file'};
		if (this.#entryMaker.link({...planned, folder, name, node}, {...planned, node}) === undefined) {
			throw new Error('the file system of the target allows no hard link there.');
		}
	}

	async #writeFile(planned: PlannedEntry, {content, path}: StreamedEntry): Promise<void> {
		const {folder, name, node, action} = planned;
		const {folders, hasOwnership, report, signal} = this.#options;
		this.#assertFree(planned);
		const isPrivate = (node.xattrs?.length ?? 0) > 0;
		const temporary = isPrivate ? this.#staging.private(folder.path) : this.#staging.shared(folder.path);
		const descriptor = openSync(temporary, newFileFlags, 0o600);
		let position = 0;
		try {
			try {
				for await (const piece of content ?? []) {
					throwIfAborted(signal);
					writeFully(descriptor, piece, position);
					position += piece.byteLength;
				}

				setFileMetadata(descriptor, isPrivate ? temporary : undefined, node, {
					hasOwnership,
					warn(message) {
						report.warn(toDisplayText(path), message);
					},
				});
			} finally {
				closeSync(descriptor);
			}

			putInPlace(temporary, folders.at(folder.path, name), action !== 'create');
		} catch (error) {
			removeQuietly(temporary);
			throw error;
		}

		report.bytes += position;
	}
}

function toNode({type, mode, uid, gid, mtimeNs, xattrs, target, rdev}: StreamedEntry, name: ByteString): TreeNode {
	return {name, type, mode, uid, gid, mtimeNs, device: '0', inode: '0', links: 1, ...(xattrs && {xattrs}), ...(target !== undefined && {target}), ...(rdev !== undefined && {rdev})};
}
