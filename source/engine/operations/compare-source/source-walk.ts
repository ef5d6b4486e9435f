import {closeSync, lstatSync, type BigIntStats} from 'node:fs';
import {joinPath, toDisplayText, toPath, type ByteString} from '../../byte-string.ts';
import type {BlobId} from '../../ids.ts';
import {listDirectory} from '../../sources/files/directory-listing.ts';
import {placeWithin, type DirectoryPlace} from '../../sources/files/directory-place.ts';
import {Exclusion} from '../../sources/files/exclusion.ts';
import {isVirtualFileSystem} from '../../sources/files/virtual-file-system.ts';
import type {FilesSource} from '../../sources/source.ts';
import type {TreeNode} from '../../tree-node.ts';
import type {FolderReader} from '../browse/folder-reader.ts';
import type {TreeSource} from '../restore/tree-source.ts';
import type {ContentComparer} from './content-comparison.ts';
import type {ComparisonTally} from './difference.ts';
import {compareEntry, explainFailure, type Finding} from './entry-comparison.ts';

export type SourceWalkOptions = {
	readonly source: FilesSource;
	/** Whether `source` is what is configured; else its rules are not known, and those that are usual are assumed. */
	readonly isConfigured: boolean;
	readonly folders: FolderReader;
	readonly trees: TreeSource;
	readonly contents: ContentComparer;
	readonly tally: ComparisonTally;
	/** The repository itself, which no backup enters. */
	readonly skippedFolders: ReadonlySet<ByteString>;
	readonly onEntry: (path: ByteString) => void;
};

/** What holds in a directory that was backed up. */
type Scope = {readonly exclusion: Exclusion; readonly device: bigint};

const statOf = (systemPath: ByteString): BigIntStats => lstatSync(toPath(systemPath), {bigint: true});

/** Goes through a snapshot and the disk side by side, and names what differs. */
export class SourceWalk {
	readonly #options: SourceWalkOptions;

	constructor(options: SourceWalkOptions) {
		this.#options = options;
	}

	/** @param tree - Of the snapshot's root. @throws What the storage throws; `aborted` */
	async walk(tree: readonly BlobId[]): Promise<void> {
		const root: DirectoryPlace = {name: '' as ByteString, path: '/' as ByteString, systemPath: '/' as ByteString};
		const isWanted = this.#options.source.paths.includes('/');
		await this.#compareFolder(root, tree, isWanted ? this.#scopeOf(root) : undefined);
	}

	#scopeOf({path, systemPath}: DirectoryPlace): Scope {
		return {exclusion: Exclusion.none.with(path, this.#options.source.excludes ?? []), device: statOf(systemPath).dev};
	}

	/** @param scope - `undefined` in a directory that is only on the way to what was backed up: what else it holds is of no interest. */
	async #compareFolder(place: DirectoryPlace, tree: readonly BlobId[], scope: Scope | undefined): Promise<void> {
		const nodes = await this.#options.folders.read(place.path, tree);
		const listing = scope && this.#list(place, scope);
		for (const node of nodes) {
			await this.#compareChild(place, node, listing);
		}

		if (listing) {
			this.#findNew(place, new Set(nodes.map(({name}) => name)), listing);
		}
	}

	async #compareChild(parent: DirectoryPlace, node: TreeNode, scope: Scope | undefined): Promise<void> {
		const path = joinPath(parent.path, node.name);
		const systemPath = joinPath(parent.systemPath, node.name);
		this.#options.tally.counts.entries++;
		this.#options.onEntry(path);
		let stats: BigIntStats;
		try {
			stats = statOf(systemPath);
			const finding = node.isAncestor && stats.isDirectory() ? undefined : await compareEntry(node, stats, systemPath, {source: this.#options.trees, contents: this.#options.contents});
			this.#note(path, finding);
		} catch (error) {
			this.#note(path, explainFailure(error));
			return;
		}

		if (node.type === 'directory' && stats.isDirectory()) {
			await this.#enter(placeWithin(parent, node.name), node, stats, scope);
		}
	}

	async #enter(place: DirectoryPlace, node: TreeNode, stats: BigIntStats, scope: Scope | undefined): Promise<void> {
		try {
			const tree = node.tree ?? [];
			if (node.isAncestor) {
				await this.#compareFolder(place, tree, undefined);
			} else if (scope === undefined) {
				await this.#compareFolder(place, tree, this.#scopeOf(place));
			} else {
				const isLeftOut = stats.dev !== scope.device && await this.#isForeign(place, tree);
				await this.#compareFolder(place, tree, isLeftOut ? undefined : {...scope, device: stats.dev});
			}
		} finally {
			if (place.descriptor !== undefined) {
				closeSync(place.descriptor);
			}
		}
	}

	/** Whether a mount point was recorded as an empty directory. Where the source's rules are not known, an empty one tells. */
	async #isForeign({path, systemPath}: DirectoryPlace, tree: readonly BlobId[]): Promise<boolean> {
		const {source, isConfigured, folders} = this.#options;
		return isVirtualFileSystem(systemPath) || (isConfigured ? source.oneFileSystem ?? false : (await folders.read(path, tree)).length === 0);
	}

	#list(place: DirectoryPlace, {exclusion, device}: Scope): (Scope & {readonly names: readonly ByteString[]}) | undefined {
		try {
			return {...listDirectory(place, this.#options.source, exclusion), device};
		} catch (error) {
			this.#note(place.path, explainFailure(error));
			return undefined;
		}
	}

	#findNew(place: DirectoryPlace, known: ReadonlySet<ByteString>, {names, exclusion}: Scope & {readonly names: readonly ByteString[]}): void {
		for (const name of names.filter(candidate => !known.has(candidate))) {
			const path = joinPath(place.path, name);
			try {
				const isDirectory = statOf(joinPath(place.systemPath, name)).isDirectory();
				if (!exclusion.isExcluded(path, isDirectory) && !this.#options.skippedFolders.has(path)) {
					this.#note(path, {kind: 'new', message: isDirectory ? 'the directory came since the backup, with all below it.' : 'it came since the backup.'});
				}
			} catch {
				// It came and went.
			}
		}
	}

	#note(path: ByteString, finding: Finding | undefined): void {
		if (finding) {
			this.#options.tally.add(finding.kind, toDisplayText(path), finding.message);
		}
	}
}
