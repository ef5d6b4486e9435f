import {joinPath, toBytes, type ByteString} from '../../byte-string.ts';
import type {StreamedEntry} from '../../streamed-entry.ts';
import {onePiece} from '../pieces.ts';
import type {HeldFolder} from './held-folder.ts';
import type {RepositoryRefs} from './repository-refs.ts';

/*
What of a repository's folder is stored as files, beside the bundle with all refs and objects (gitrepository-layout(5)):

HEAD, which may stand on a branch that is not born yet; config and config.worktree as they are; description; shallow, without which the history looks damaged; git-daemon-export-ok; hooks; info (exclude, attributes,
sparse-checkout, grafts); branches and remotes, older ways to configure remote repositories; refs that stand on other refs, which a bundle cannot say; the log of the stash, which alone names all of its entries but the
newest; contents of Git LFS that are here; of each further working tree where it is, and its HEAD; and objects and refs as empty folders, without which git sees no repository where there is no commit yet.

With the working tree: the index, and what a merge, cherry-pick or revert that is under way stands on.

Left out: other logs of refs, as they keep alive what has been taken out of the history; what git makes anew (commit graph, packed-refs, info/refs, caches); FETCH_HEAD, ORIG_HEAD and the state of a rebase.
*/
const topFiles = ['config.worktree', 'description', 'git-daemon-export-ok'];
const topFolders = ['branches', 'hooks', 'info', 'remotes'];
const workingTreeFiles = ['CHERRY_PICK_HEAD', 'MERGE_HEAD', 'MERGE_MODE', 'MERGE_MSG', 'REVERT_HEAD', 'SQUASH_MSG'];
const furtherTreeFiles = ['HEAD', 'commondir', 'config.worktree', 'gitdir', 'locked'];

export type Reading = {
	readonly nowMs: number;
	readonly onSkip: (path: ByteString, reason: string) => void;
};

/** What was read before, so that it fits the bundle whatever happens to the files meanwhile. */
export type KnownFiles = {
	readonly refs: RepositoryRefs;
	readonly shallow: Buffer | undefined;
	readonly config: Buffer | undefined;
};

/**
Folders of which only the one inside is stored, such as logs/refs.
@yields The folders, and what `give` has of the last one.
*/
async function * below(folder: HeldFolder, names: readonly string[], nowMs: number, give: (inner: HeldFolder) => AsyncIterable<StreamedEntry>): AsyncGenerator<StreamedEntry, void, undefined> {
	const [first, ...rest] = names;
	if (first === undefined) {
		yield * give(folder);
		return;
	}

	const inner = folder.find(first);
	if (!inner) {
		return;
	}

	try {
		yield inner.entry(nowMs);
		yield * below(inner, rest, nowMs, give);
	} finally {
		inner.close();
	}
}

/** Refs that stand on other refs, by the folder they are in: from the one at hand. */
type RefTree = Map<ByteString, RefTree | ByteString>;

function growTree(tree: RefTree, [name, ...rest]: readonly ByteString[], target: ByteString): void {
	if (rest.length === 0) {
		tree.set(name!, target);
		return;
	}

	const inner = tree.get(name!);
	const folder: RefTree = typeof inner === 'object' ? inner : new Map<ByteString, RefTree | ByteString>();
	tree.set(name!, folder);
	growTree(folder, rest, target);
}

/**
Refs that stand on other refs, as git writes them.
@yields Each folder before what it holds.
*/
async function * symbolicRefs(folder: HeldFolder, tree: RefTree, nowMs: number): AsyncGenerator<StreamedEntry, void, undefined> {
	const {xattrs: _xattrs, ...metadata} = folder.entry(nowMs);
	for (const [name, inside] of tree) {
		if (typeof inside === 'object') {
			yield * below(folder, [name], nowMs, inner => symbolicRefs(inner, inside, nowMs));
		} else {
			const content = toBytes(`ref: ${inside}\n`);
			yield {...metadata, path: joinPath(folder.path, name), type: 'file', mode: metadata.mode & 0o666, size: content.byteLength, content: onePiece(content)};
		}
	}
}

/**
All files that are stored of a repository's folder.
@yields The folder itself first.
*/
export async function * repositoryFiles(folder: HeldFolder, {refs, config, shallow}: KnownFiles, {nowMs, onSkip}: Reading): AsyncGenerator<StreamedEntry, void, undefined> {
	const file = (name: string, content?: Uint8Array) => folder.entries(name as ByteString, nowMs, onSkip, content);
	yield folder.entry(nowMs);
	yield * file('HEAD');
	for (const [name, content] of [['config', config], ['shallow', shallow]] as const) {
		if (content) {
			yield * file(name, content);
		}
	}

	for (const name of topFiles) {
		yield * file(name);
	}

	for (const name of topFolders) {
		// Those of info are for who fetches over plain HTTP, and follow from the others.
		yield * below(folder, [name], nowMs, inner => inner.walkContents(nowMs, onSkip, entry => name !== 'info' || entry !== 'refs'));
	}

	yield * below(folder, ['lfs', 'objects'], nowMs, inner => inner.walkContents(nowMs, onSkip));
	yield * below(folder, ['objects'], nowMs, nothing);
	const tree: RefTree = new Map();
	for (const [name, target] of refs.symbolic) {
		growTree(tree, name.split('/').slice(1) as ByteString[], target);
	}

	yield * below(folder, ['refs'], nowMs, inner => symbolicRefs(inner, tree, nowMs));
	if (refs.stashLog) {
		yield * below(folder, ['logs', 'refs'], nowMs, inner => inner.entries('stash' as ByteString, nowMs, onSkip, refs.stashLog));
	}

	yield * below(folder, ['worktrees'], nowMs, async function * (trees) {
		for (const name of trees.names()) {
			yield * below(trees, [name], nowMs, inner => files(inner, furtherTreeFiles, {nowMs, onSkip}));
		}
	});
}

/**
The state of a working tree in the repository.
@param index - Its files, as they were read.
@yields Files.
*/
export async function * workingTreeState(folder: HeldFolder, index: ReadonlyMap<ByteString, Buffer>, reading: Reading): AsyncGenerator<StreamedEntry, void, undefined> {
	for (const [name, content] of index) {
		yield * folder.entries(name, reading.nowMs, reading.onSkip, content);
	}

	yield * files(folder, workingTreeFiles, reading);
}

async function * files(folder: HeldFolder, names: readonly string[], {nowMs, onSkip}: Reading): AsyncGenerator<StreamedEntry, void, undefined> {
	for (const name of names) {
		yield * folder.entries(name as ByteString, nowMs, onSkip);
	}
}

async function * nothing(): AsyncGenerator<StreamedEntry, void, undefined> {
	// Its content is in the bundle.
}
