import type {Buffer} from 'node:buffer';
import {toDisplayText} from '../../byte-string.ts';
import type {EventListener} from '../../events.ts';
import {findSnapshot, listSnapshots, LoadedIndex, type RepositorySession, type StoredSnapshot} from '../../repository/repository.ts';
import {requireReader} from '../abilities.ts';
import {createBlobReader} from '../reading.ts';
import {TreeSource} from '../restore/tree-source.ts';
import {compareSnapshots, type SnapshotChange} from './compare-snapshots.ts';
import type {SnapshotEntry} from './entry.ts';
import type {EntryAddress} from './entry-address.ts';
import {findVersions, type EntryVersion} from './entry-versions.ts';
import {findEntries, type FoundEntry} from './find-entries.ts';
import {findEntry} from './find-entry.ts';
import {FolderReader} from './folder-reader.ts';
import {FolderSizes, type FolderSize} from './folder-sizes.ts';
import {listEntries, listFolder, treeOf} from './list-entries.ts';
import {NamePattern} from './name-pattern.ts';
import {readFile, type ContentAccess} from './read-file.ts';
import {searchNames} from './search-names.ts';
import {collectChanges, type SnapshotComparison} from './snapshot-comparison.ts';

export type BrowseOptions = {
	readonly signal?: AbortSignal;
	readonly onEvent?: EventListener;
};

/** What all views of one browser share. */
type Opened = {
	readonly session: RepositorySession;
	readonly snapshots: readonly StoredSnapshot[];
	/** Of the objects that say which snapshots there are and where everything lies. */
	readonly names: ReadonlySet<string>;
	readonly contents: Pick<ContentAccess, 'source' | 'blobs'>;
	readonly sizes: FolderSizes;
};

const defaultLimit = 1000;

async function listNames({storage}: RepositorySession, signal: AbortSignal | undefined): Promise<ReadonlySet<string>> {
	const objects = [...await storage.list('snapshots', signal), ...await storage.list('index', signal)];
	return new Set(objects.map(({name}) => name));
}

/**
Looks into the snapshots that were there when it was opened. Snapshots are named as `findSnapshot` takes them, paths from the root of the snapshot, with `path64` where they are no UTF-8; symbolic links are not followed.
Directories of which a part is lost are named by a warning event and counted in `losses`; the rest of them is shown. Every method throws `aborted` and what the storage throws, besides what it names.
*/
export class SnapshotBrowser {
	#losses = 0;
	readonly #opened: Opened;
	readonly #signal: AbortSignal | undefined;
	readonly #reader: FolderReader;

	private constructor(opened: Opened, {signal, onEvent}: BrowseOptions) {
		this.#opened = opened;
		this.#signal = signal;
		this.#reader = new FolderReader({source: opened.contents.source, runtime: opened.session.runtime, signal, onLoss: (path, message) => {
			this.#losses++;
			const name = toDisplayText(path);
			onEvent?.({event: 'warning', kind: 'lost', path: name, message: `${name} is not whole: ${message}`});
		}});
	}

	/** @throws `key-role` for a key that cannot read contents; `aborted`; what the storage throws */
	static async open(session: RepositorySession, options: BrowseOptions = {}): Promise<SnapshotBrowser> {
		requireReader(session.keyring);
		// The snapshots before the index: what they need is in an index that is there by then.
		const names = await listNames(session, options.signal);
		const {snapshots} = await listSnapshots(session, options.signal);
		const index = await LoadedIndex.load(session, {...(options.signal && {signal: options.signal})});
		const blobs = createBlobReader(session, index);
		return new SnapshotBrowser({session, snapshots, names, contents: {source: new TreeSource(index, blobs), blobs}, sizes: new FolderSizes()}, options);
	}

	/** Oldest first. */
	get snapshots(): readonly StoredSnapshot[] {
		return this.#opened.snapshots;
	}

	/** The same with another signal and listener, and losses of its own; all that was read is shared. */
	with(options: BrowseOptions): SnapshotBrowser {
		return new SnapshotBrowser(this.#opened, options);
	}

	/** Whether the repository still holds the snapshots and the index that it held when this was opened, and no others; costs two listings. */
	async isCurrent(): Promise<boolean> {
		return (await listNames(this.#opened.session, this.#signal)).symmetricDifference(this.#opened.names).size === 0;
	}

	/** Parts of directories that could not be read so far. */
	get losses(): number {
		return this.#losses;
	}

	/** @throws `snapshot-missing`, `snapshot-ambiguous` */
	find(reference: string): StoredSnapshot {
		return findSnapshot(this.snapshots, reference);
	}

	/**
	What is in a directory of a snapshot, or an entry that is none by itself.
	@param options.path - @default '/'
	@param options.isRecursive - Also what is below its directories. @default false
	@yields The next entry.
	@throws `snapshot-missing`, `snapshot-ambiguous`, `path-missing`, `usage`
	*/
	async * list(reference: string, options: {readonly path?: EntryAddress; readonly isRecursive?: boolean} = {}): AsyncGenerator<SnapshotEntry, void> {
		const found = await findEntry(this.#reader, this.find(reference), options.path ?? '/');
		yield * listEntries(this.#reader, found, options.isRecursive ?? false);
	}

	/** What is in a directory: directories first, each part by name. @throws `snapshot-missing`, `snapshot-ambiguous`, `path-missing`, `usage`, also for what is no directory */
	async listFolder(reference: string, path: EntryAddress): Promise<SnapshotEntry[]> {
		return listFolder(this.#reader, await findEntry(this.#reader, this.find(reference), path));
	}

	/** Files and bytes below a directory. @throws as `listFolder` does */
	async measureFolder(reference: string, path: EntryAddress): Promise<FolderSize> {
		const found = await findEntry(this.#reader, this.find(reference), path);
		return this.#opened.sizes.measure(this.#reader, found.path, treeOf(found));
	}

	/**
	Entries whose name holds a text, be its letters large or small, in any folder of a snapshot.
	@param options.limit - No more are looked for. @default 1000
	@throws `snapshot-missing`, `snapshot-ambiguous`
	*/
	async searchSnapshot(reference: string, text: string, {limit = defaultLimit}: {readonly limit?: number} = {}): Promise<SnapshotEntry[]> {
		return searchNames(this.#reader, await findEntry(this.#reader, this.find(reference), '/'), text, limit);
	}

	/**
	The versions of an entry in all snapshots of the same source and host as this one, newest first.
	@throws `snapshot-missing`, `snapshot-ambiguous`; `path-missing` where none of them has it; `usage`, also for the root
	*/
	async entryVersions(reference: string, path: EntryAddress): Promise<EntryVersion[]> {
		const snapshot = this.find(reference);
		const versions = await findVersions(this.#reader, this.snapshots.filter(({source, host}) => source === snapshot.source && host === snapshot.host), path);
		if (versions.length === 0) {
			// It says what there is instead.
			await findEntry(this.#reader, snapshot, path);
		}

		return versions;
	}

	/**
	Every version of every entry that matches, by path and then by age.
	@param pattern - In gitignore's syntax (`NamePattern`).
	@param options.snapshots - Only in these. @default all
	@param options.source - Only in those of this source. @default all
	@throws `usage`, `snapshot-missing`, `snapshot-ambiguous`
	*/
	async search(pattern: string, options: {readonly snapshots?: readonly string[]; readonly source?: string} = {}): Promise<FoundEntry[]> {
		const named = options.snapshots && new Set(options.snapshots.map(reference => this.find(reference)));
		const chosen = this.snapshots.filter(snapshot => (named?.has(snapshot) ?? true) && (options.source === undefined || snapshot.source === options.source));
		return findEntries(this.#reader, chosen, new NamePattern(pattern));
	}

	/** What became of the first snapshot's entries in the second. @throws `snapshot-missing`, `snapshot-ambiguous` */
	compare(from: string, to: string): AsyncGenerator<SnapshotChange, void> {
		return compareSnapshots(this.#reader, this.find(from), this.find(to));
	}

	/**
	The same as counts, and the first changes.
	@param options.limit - Changes to tell of. @default 1000
	@throws `snapshot-missing`, `snapshot-ambiguous`
	*/
	async compareSnapshots(from: string, to: string, {limit = defaultLimit}: {readonly limit?: number} = {}): Promise<SnapshotComparison> {
		return collectChanges(this.compare(from, to), limit);
	}

	/**
	The bytes of a file, piece by piece, each checked and good until the next one is asked for.
	@yields The next piece.
	@throws `snapshot-missing`, `snapshot-ambiguous`, `path-missing`, `usage`, `damaged`
	*/
	async * read(reference: string, path: EntryAddress): AsyncGenerator<Buffer, void> {
		yield * readFile(await findEntry(this.#reader, this.find(reference), path), {...this.#opened.contents, signal: this.#signal});
	}
}
