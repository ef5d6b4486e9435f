import type {ByteString} from '../../byte-string.ts';
import type {TreeNode} from '../../tree-node.ts';
import {toEntryPath} from '../browse/entry.ts';
import {pathIn, type PlannedEntry, type RestorePlan} from './plan.ts';
import type {PreviewAction, PreviewEntry} from './restore-request.ts';

type Item = {
	/** In the snapshot, without the slash at the start. */
	readonly path: ByteString;
	/** Compares as a walk goes: no name holds a NUL, so a directory's entries follow it at once. */
	readonly key: string;
	readonly action: PreviewAction;
	readonly size: number | undefined;
};

const byKey = (a: Item, b: Item): number => Number(a.key > b.key) - Number(a.key < b.key);

function actionOf({action, name, node}: PlannedEntry): PreviewAction {
	return action === 'create' && name !== node.name ? 'keep-both' : action;
}

/** Collects what would become of the entries, and keeps the first ones in the order of a walk; its memory does not grow with the snapshot. */
export class Preview {
	readonly #limit: number;
	readonly #items: Item[] = [];

	/** @param limit - Entries to keep. */
	constructor(limit: number) {
		this.#limit = limit;
	}

	/** @param path - In the snapshot, without the slash at the start. */
	add(path: ByteString, action: PreviewAction, node?: TreeNode): void {
		this.#items.push({path, key: path.replaceAll('/', '\0'), action, size: node?.type === 'file' ? node.size : undefined});
		if (this.#items.length >= 2 * this.#limit + 1000) {
			this.#shorten();
		}
	}

	/** Everything that a plan would do; what it leaves as it is has to be added one by one. */
	addPlan({folders, entries, linkGroups, deletions}: RestorePlan): void {
		for (const {path, existing} of folders) {
			if (path !== '' && existing !== 'folder') {
				this.add(path, existing === 'none' ? 'create' : 'replace');
			}
		}

		for (const entry of [...entries, ...linkGroups.flatMap(group => group.others)]) {
			this.add(pathIn(entry.folder, entry.node.name), actionOf(entry), entry.node);
		}

		for (const {folder, name} of deletions) {
			this.add(pathIn(folder, name), 'delete');
		}
	}

	/** The first ones, in order. */
	get entries(): PreviewEntry[] {
		this.#shorten();
		return this.#items.map(({path, action, size}) => ({...toEntryPath(`/${path}` as ByteString), action, ...(size !== undefined && {size})}));
	}

	#shorten(): void {
		this.#items.sort(byKey);
		this.#items.length = Math.min(this.#items.length, this.#limit);
	}
}
