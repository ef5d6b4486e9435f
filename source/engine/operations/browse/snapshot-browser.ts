import type {Buffer} from 'node:buffer';
import {toDisplayText} from '../../byte-string.ts';
import type {EventListener} from '../../events.ts';
import {findSnapshot, listSnapshots, LoadedIndex, type RepositorySession, type StoredSnapshot} from '../../repository/repository.ts';
import {createBlobReader, requireIdKey} from '../reading.ts';
import {TreeSource} from '../restore/tree-source.ts';
import {compareSnapshots, type SnapshotChange} from './compare-snapshots.ts';
import type {SnapshotEntry} from './entry.ts';
import {findEntries, type FoundEntry} from './find-entries.ts';
import {findEntry} from './find-entry.ts';
import {FolderReader} from './folder-reader.ts';
import {listEntries} from './list-entries.ts';
import {NamePattern} from './name-pattern.ts';
import {readFile, type ContentAccess} from './read-file.ts';

export type BrowseOptions = {
	readonly signal?: AbortSignal;
	readonly onEvent?: EventListener;
};

/**
Looks into the snapshots that were there when it was opened. Snapshots are named as `findSnapshot` takes them, paths from the root of the snapshot; symbolic links are not followed.
Directories of which a part is lost are named by a warning event and counted in `losses`; the rest of them is shown. Every method throws `aborted` and what the storage throws, besides what it names.
*/
export class SnapshotBrowser {
	/** Oldest first. */
	readonly snapshots: readonly StoredSnapshot[];
	#losses = 0;
	readonly #reader: FolderReader;
	readonly #contents: ContentAccess;

	private constructor(session: RepositorySession, snapshots: readonly StoredSnapshot[], index: LoadedIndex, {signal, onEvent}: BrowseOptions) {
		const blobs = createBlobReader(session, index);
		const source = new TreeSource(index, blobs);
		this.snapshots = snapshots;
		this.#contents = {source, blobs, signal};
		this.#reader = new FolderReader({source, runtime: session.runtime, signal, onLoss: (path, message) => {
			this.#losses++;
			const name = toDisplayText(path);
			onEvent?.({event: 'warning', kind: 'lost', path: name, message: `${name} is not whole: ${message}`});
		}});
	}

	/** @throws `key-role` for a key that cannot read contents; `aborted`; what the storage throws */
	static async open(session: RepositorySession, options: BrowseOptions = {}): Promise<SnapshotBrowser> {
		requireIdKey(session.keyring);
		// The snapshots first: what they need is in an index that is there by then.
		const {snapshots} = await listSnapshots(session, options.signal);
		const index = await LoadedIndex.load(session, {...(options.signal && {signal: options.signal})});
		return new SnapshotBrowser(session, snapshots, index, options);
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
	async * list(reference: string, options: {readonly path?: string; readonly isRecursive?: boolean} = {}): AsyncGenerator<SnapshotEntry, void> {
		const found = await findEntry(this.#reader, this.find(reference), options.path ?? '/');
		yield * listEntries(this.#reader, found, options.isRecursive ?? false);
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
	The bytes of a file, piece by piece, each checked and good until the next one is asked for.
	@yields The next piece.
	@throws `snapshot-missing`, `snapshot-ambiguous`, `path-missing`, `usage`, `damaged`
	*/
	async * read(reference: string, path: string): AsyncGenerator<Buffer, void> {
		yield * readFile(await findEntry(this.#reader, this.find(reference), path), this.#contents);
	}
}
