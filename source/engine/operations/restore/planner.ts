import {lstatSync, readdirSync} from 'node:fs';
import {toDisplayText, type ByteString} from '../../byte-string.ts';
import {shortId, type BlobId} from '../../ids.ts';
import {bundleName} from '../../sources/git/bundle-format.ts';
import type {TreeNode} from '../../tree-node.ts';
import {nameBeside} from './beside.ts';
import {decide, isTakenAsIdentical, lookAt, type ExistingEntry} from './decision.ts';
import {pathOfDescriptor, type GuardedFolders} from './guarded-folders.ts';
import {findObstacle, reportObstacle, type Obstacle} from './obstacle.ts';
import type {Pacer} from './pacer.ts';
import {isUnsafeName, pathIn, type LinkGroup, type PlannedEntry, type PlannedFolder, type RestorePlan} from './plan.ts';
import type {Preview} from './preview.ts';
import {snapshotPath, type RestoreReport} from './restore-report.ts';
import type {OverwritePolicy, RestoreRequest} from './restore-request.ts';
import type {Selection} from './selection.ts';
import {describeFailure} from './system-failure.ts';
import type {FolderIdentity} from './target.ts';
import type {TreeSource} from './tree-source.ts';

export type PlannerOptions = {
	readonly request: RestoreRequest;
	readonly selection: Selection;
	readonly source: TreeSource;
	/** `undefined` where the target does not exist. */
	readonly folders: GuardedFolders | undefined;
	readonly repository: FolderIdentity | undefined;
	readonly report: RestoreReport;
	readonly pacer: Pacer;
	readonly isRoot: boolean;
	/** Is told what stays as it is. */
	readonly preview: Preview | undefined;
	/** Called now and then with the number of entries seen. */
	readonly onProgress: (entries: number) => void;
};

/** A directory of the snapshot that is to be walked. */
type Visit = {
	readonly folder: PlannedFolder;
	readonly tree: readonly BlobId[];
	/** Whether everything below is wanted. */
	readonly isIncluded: boolean;
	/** It is, or lies in, the folder of a git repository, whose objects and refs come out of a bundle: none of its entries is deleted for not being in the snapshot. */
	readonly isRepository?: boolean;
	readonly obstacle?: Obstacle;
};

/** An entry, and what is beside it. */
type Place = {
	readonly folder: PlannedFolder;
	readonly node: TreeNode;
	/** Names that the directory has in the target. */
	readonly present: ReadonlySet<ByteString>;
	readonly inSnapshot: ReadonlySet<ByteString>;
};

/** Walks a snapshot beside the target and decides what to do with every entry. Nothing is changed. */
export class Planner {
	readonly #options: PlannerOptions;
	readonly #policy: OverwritePolicy;
	readonly #suffix: string;
	readonly #plan: RestorePlan = {folders: [], entries: [], linkGroups: [], deletions: [], kept: 0, identical: 0, beside: 0};
	readonly #visits: Visit[] = [];
	readonly #links = new Map<string, LinkGroup>();
	#seen = 0;

	constructor(options: PlannerOptions) {
		this.#options = options;
		this.#policy = options.request.overwrite ?? 'never';
		this.#suffix = `.coffer-${shortId(options.request.snapshot.id)}`;
	}

	/** @throws `aborted`; what the storage throws that may pass */
	async plan(): Promise<RestorePlan> {
		const {request, selection, folders, report, pacer, onProgress} = this.#options;
		const root: PlannedFolder = {path: '' as ByteString, existing: folders ? 'folder' : 'none', isSelected: false, isNeeded: true};
		this.#visits.push({folder: root, tree: request.snapshot.tree, isIncluded: selection.isEverything});
		for (let visit = this.#visits.pop(); visit; visit = this.#visits.pop()) {
			await this.#visit(visit);
			if (!pacer.isDue) {
				continue;
			}

			await pacer.pause();
			onProgress(this.#seen);
		}

		for (const pattern of selection.unused) {
			report.fail(pattern, 'nothing in the snapshot matches it. "coffer ls" shows what there is.');
		}

		this.#plan.linkGroups.push(...[...this.#links.values()].filter(group => group.others.length > 0));
		return {...this.#plan, folders: this.#plan.folders.filter(folder => folder.isNeeded)};
	}

	async #visit({folder, tree, isIncluded, obstacle, isRepository: isInRepository = false}: Visit): Promise<void> {
		const {source, report, selection} = this.#options;
		const {nodes, losses} = await source.readFolder(tree);
		for (const loss of isIncluded || selection.isOnTheWay(folder.path) ? losses : []) {
			report.fail(snapshotPath(folder.path), `what it holds, or a part of that, is lost: ${loss}`);
		}

		this.#plan.folders.push(folder);
		const present = this.#namesIn(folder);
		const inSnapshot = new Set(nodes.map(node => node.name));
		const isRepository = isInRepository || (this.#options.request.snapshot.kind === 'git' && inSnapshot.has(bundleName));
		const names = new Set<ByteString>();
		const below: Visit[] = [];
		for (const node of nodes) {
			this.#seen++;
			const path = pathIn(folder, node.name);
			if (isUnsafeName(node.name) || names.has(node.name)) {
				this.#refuse(folder, node, isIncluded, names.has(node.name));
				continue;
			}

			names.add(node.name);
			const isDirectory = node.type === 'directory';
			const isWanted = selection.isWanted(path, isDirectory, isIncluded);
			if (isDirectory && (isWanted || selection.isOnTheWay(path))) {
				const visit = this.#planFolder(folder, node, isWanted, present.has(node.name), obstacle);
				if (visit) {
					below.push({...visit, ...(isRepository && {isRepository})});
				}
			} else if (isWanted && !isDirectory) {
				this.#planEntry({folder, node, present, inSnapshot}, obstacle);
			}
		}

		this.#visits.push(...below.reverse());
		if (this.#options.request.delete && folder.isSelected && !folder.node?.isAncestor && losses.length === 0 && !obstacle && !isRepository) {
			this.#planDeletions(folder, present, inSnapshot);
		}
	}

	#namesIn(folder: PlannedFolder): Set<ByteString> {
		if (folder.existing !== 'folder') {
			return new Set();
		}

		try {
			return new Set(readdirSync(pathOfDescriptor(this.#options.folders!.open(folder.path)), 'latin1') as ByteString[]);
		} catch (error) {
			this.#options.report.fail(snapshotPath(folder.path), `what is there now cannot be listed: ${describeFailure(error)}`);
			return new Set();
		}
	}

	#refuse(folder: PlannedFolder, node: TreeNode, isIncluded: boolean, isRepeated: boolean): void {
		if (isIncluded) {
			const path = `${snapshotPath(folder.path)}${folder.path === '' ? '' : '/'}${toDisplayText(node.name)}`;
			this.#options.report.fail(path, isRepeated
				? 'the snapshot names it twice in one directory; only the first was taken.'
				: 'this is no name that a file can have; the snapshot was written by another program, to reach outside the target.');
		}
	}

	#planFolder(parent: PlannedFolder, node: TreeNode, isWanted: boolean, isPresent: boolean, obstacle: Obstacle | undefined): Visit | undefined {
		const path = pathIn(parent, node.name);
		const existing = isPresent ? this.#lookAt(parent, node.name) : undefined;
		const blocked = obstacle ?? findObstacle(path, existing, this.#policy, this.#options.repository);
		const taken = existing?.type === 'directory' ? 'folder' : 'other';
		const folder: PlannedFolder = {path, parent, node, existing: existing === undefined ? 'none' : taken, isSelected: isWanted, isNeeded: false};
		if (isWanted && blocked) {
			reportObstacle(blocked, this.#options.report);
			return undefined;
		}

		if (isWanted) {
			this.#need(folder);
		}

		return {folder, tree: node.tree ?? [], isIncluded: isWanted, ...(blocked && {obstacle: blocked})};
	}

	#planEntry(place: Place, obstacle: Obstacle | undefined): void {
		const {folder, node, present} = place;
		const {report, isRoot} = this.#options;
		const path = snapshotPath(pathIn(folder, node.name));
		if (obstacle) {
			reportObstacle(obstacle, report);
			return;
		}

		if (node.type === 'socket') {
			report.skip(path, 'it is a socket, which only the program that listens on it can make.');
			return;
		}

		if (!isRoot && ['fifo', 'block', 'character'].includes(node.type)) {
			report.skip(path, 'only root may restore devices and FIFOs.');
			return;
		}

		const existing = present.has(node.name) ? this.#lookAt(folder, node.name) : undefined;
		const decision = decide(node, existing, this.#policy);
		switch (decision) {
			case 'keep': {
				this.#plan.kept++;
				this.#options.preview?.add(pathIn(folder, node.name), 'keep', node);
				report.skip(path, `something else is there already, and --overwrite ${this.#policy} lets it stay.`);
				return;
			}

			case 'conflict': {
				report.fail(path, 'a directory stands in its place; only --overwrite always removes that.');
				return;
			}

			case 'beside': {
				this.#planBeside(place);
				return;
			}

			case 'identical': {
				this.#plan.identical++;
				report.skipped++;
				this.#add({folder, node, name: node.name, action: 'identical', isObstructed: false});
				return;
			}

			default: {
				this.#add({folder, node, name: node.name, action: decision, isObstructed: existing?.type === 'directory'});
			}
		}
	}

	#planBeside({folder, node, present, inSnapshot}: Place): void {
		const {report} = this.#options;
		const {name, isThere} = nameBeside(node.name, this.#suffix, candidate => {
			if (inSnapshot.has(candidate)) {
				return 'taken';
			}

			const existing = present.has(candidate) ? this.#lookAt(folder, candidate) : undefined;
			return existing === undefined ? 'free' : (isTakenAsIdentical(node, existing) ? 'identical' : 'taken');
		});
		if (isThere) {
			this.#plan.identical++;
			report.skipped++;
		} else {
			this.#plan.beside++;
		}

		this.#add({folder, node, name, action: isThere ? 'identical' : 'create', isObstructed: false});
	}

	#add(entry: PlannedEntry): void {
		const {node, folder} = entry;
		this.#need(folder);
		if (entry.action === 'identical') {
			this.#options.preview?.add(pathIn(folder, node.name), 'identical', node);
		}

		if (node.links > 1) {
			const key = `${node.device}:${node.inode}:${node.type}:${node.size}:${node.mtimeNs}`;
			const group = this.#links.get(key);
			if (group) {
				if (entry.action !== 'identical') {
					group.others.push(entry);
				}

				return;
			}

			this.#links.set(key, {first: entry, others: []});
		}

		if (entry.action !== 'identical') {
			this.#plan.entries.push(entry);
		}
	}

	#need(folder: PlannedFolder): void {
		for (let needed: PlannedFolder | undefined = folder; needed && !needed.isNeeded; needed = needed.parent) {
			needed.isNeeded = true;
		}
	}

	#planDeletions(folder: PlannedFolder, present: ReadonlySet<ByteString>, names: ReadonlySet<ByteString>): void {
		const {selection} = this.#options;
		for (const name of present) {
			if (names.has(name) || name.includes(this.#suffix)) {
				continue;
			}

			const isDirectory = (): boolean => lstatSync(this.#options.folders!.at(folder.path, name), {throwIfNoEntry: false})?.isDirectory() ?? false;
			if (!selection.isExcluded(pathIn(folder, name), isDirectory())) {
				this.#plan.deletions.push({folder, name});
			}
		}
	}

	#lookAt(folder: PlannedFolder, name: ByteString): ExistingEntry | undefined {
		return lookAt(this.#options.folders!.at(folder.path, name));
	}
}
