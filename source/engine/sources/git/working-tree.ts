import {joinPath, toDisplayText, type ByteString} from '../../byte-string.ts';
import {errorText, systemErrorCode} from '../../errors.ts';
import type {StreamedEntry} from '../../streamed-entry.ts';
import {HeldFolder} from './held-folder.ts';
import type {PrivateGit} from './private-git.ts';
import {splitNames} from './repository-bundle.ts';

/** The folders on the way to one entry after the other, each held as long as the next ones are below it. */
class HeldPath {
	readonly #held: HeldFolder[];
	readonly #names: ByteString[] = [];

	constructor(root: HeldFolder) {
		this.#held = [root];
	}

	/**
	Go to a folder below the root.
	@param onEnter - Told of each folder that was entered.
	@returns `undefined` where it is none, such as where a link stands on the way.
	*/
	at(names: readonly ByteString[], onEnter: (folder: HeldFolder) => void): HeldFolder | undefined {
		const common = names.findIndex((name, position) => this.#names[position] !== name);
		this.#leave(common === -1 ? names.length : common);
		for (const name of names.slice(this.#names.length)) {
			const folder = this.#held.at(-1)!.find(name);
			if (!folder) {
				return undefined;
			}

			this.#held.push(folder);
			this.#names.push(name);
			onEnter(folder);
		}

		return this.#held.at(-1);
	}

	close(): void {
		this.#leave(0);
		this.#held[0]!.close();
	}

	#leave(count: number): void {
		while (this.#names.length > count) {
			this.#names.pop();
			this.#held.pop()!.close();
		}
	}
}

/** An entry of the working tree, or a path where the index has another repository. */
type Named = {readonly path: ByteString; readonly isRepository: boolean};

const gitlinkMode = '160000';

/**
Ask git for names, which neither runs anything nor reads a filter or refreshes the index.
@yields What is tracked, and then what is not and is not ignored either.
*/
async function * listNames(git: PrivateGit, root: ByteString): AsyncGenerator<Named, void, undefined> {
	const environment = {GIT_WORK_TREE: toDisplayText(root)};
	const list = (parameters: readonly string[]) => splitNames(git.stream(['ls-files', '-z', ...parameters], 'git ls-files', {environment, workingFolder: toDisplayText(root)}));
	let previous = '';
	for await (const line of list(['--cached', '--stage'])) {
		const path = line.slice(line.indexOf('\t') + 1) as ByteString;
		// A file with a conflict has up to three versions in the index.
		if (path !== previous) {
			yield {path, isRepository: line.startsWith(gitlinkMode)};
		}

		previous = path;
	}

	for await (const path of list(['--others', '--exclude-standard'])) {
		yield path.endsWith('/') ? {path: path.slice(0, -1) as ByteString, isRepository: true} : {path, isRepository: false};
	}
}

export type WorkingTreeOptions = {
	readonly git: PrivateGit;
	/** Absolute and real. */
	readonly root: ByteString;
	readonly nowMs: number;
	readonly onSkip: (path: ByteString, reason: string) => void;
	/** Told of each repository of its own inside: submodules, and such as are not tracked. */
	readonly onRepository: (path: ByteString) => void;
};

/**
Everything in a working tree that is tracked, with what has been changed since, and what is neither tracked nor ignored. No link in it is followed.
@yields Each folder before what it holds; the same one does not come twice.
*/
export async function * workingTreeEntries({git, root, nowMs, onSkip, onRepository}: WorkingTreeOptions): AsyncGenerator<StreamedEntry, void, undefined> {
	const top = HeldFolder.open(root);
	const held = new HeldPath(top);
	const known = new Set<ByteString>();
	try {
		yield top.entry(nowMs);
		for await (const {path, isRepository} of listNames(git, root)) {
			const parts = path.split('/') as ByteString[];
			// An index may be forged; git itself writes no such names.
			if (parts.some(part => ['', '.', '..', '.git'].includes(part.toLowerCase()))) {
				onSkip(joinPath(root, path), 'the index gives it a name that no file of a working tree can have');
				continue;
			}

			const entered: HeldFolder[] = [];
			let folder: HeldFolder | undefined;
			try {
				folder = held.at(isRepository ? parts : parts.slice(0, -1), inner => {
					entered.push(inner);
				});
			} catch (error) {
				onSkip(joinPath(root, path), `its folder cannot be read (${systemErrorCode(error) ?? errorText(error)})`);
			}

			for (const inner of entered.filter(inner => !known.has(inner.path))) {
				known.add(inner.path);
				yield inner.entry(nowMs);
			}

			if (folder && isRepository) {
				onRepository(folder.path);
			} else if (folder) {
				yield * folder.entries(parts.at(-1)!, nowMs, onSkip);
			}
		}
	} finally {
		held.close();
	}
}
