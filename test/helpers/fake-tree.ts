import {CofferError, type EngineClient, type EntryPath, type FolderEntry} from '../../source/engine/index.ts';
import {ago, dayMs} from './overview-builder.ts';

/** An entry of a tree that a test makes up: a size for a file, more entries for a directory, or the facts themselves. */
export type FakeEntry = number | Partial<FolderEntry> | {readonly folder: FakeTree};
export type FakeTree = Readonly<Record<string, FakeEntry>>;

const isFolder = (entry: FakeEntry): entry is {readonly folder: FakeTree} => typeof entry === 'object' && 'folder' in entry;

function toEntry(path: string, entry: FakeEntry): FolderEntry {
	const facts = {path, mode: 0o644, uid: 1000, gid: 1000, mtime: ago(5 * dayMs)};
	if (typeof entry === 'number') {
		return {...facts, type: 'file', size: entry};
	}

	return isFolder(entry) ? {...facts, type: 'directory', mode: 0o755} : {...facts, type: 'file', ...entry};
}

function list(tree: FakeTree, path: string): FolderEntry[] {
	const entries = Object.entries(tree).map(([name, entry]) => toEntry(`${path === '/' ? '' : path}/${name}`, entry));
	return [...entries.filter(({type}) => type === 'directory'), ...entries.filter(({type}) => type !== 'directory')];
}

function find(tree: FakeTree, path: string): FakeTree {
	let found = tree;
	for (const part of path.split('/').filter(name => name !== '')) {
		const entry = found[part];
		if (entry === undefined || !isFolder(entry)) {
			throw new CofferError('path-missing', `"${path}" is not in the snapshot.`);
		}

		found = entry.folder;
	}

	return found;
}

function * walk(tree: FakeTree, path: string): Generator<FolderEntry> {
	for (const entry of list(tree, path)) {
		yield entry;
		if (entry.type === 'directory') {
			yield * walk(find(tree, entry.path.slice(path.length)), entry.path);
		}
	}
}

/** What an engine tells of snapshots that all hold the same tree. Every call is written down in `calls`. */
export function createFakeTree(tree: FakeTree, calls: string[] = []): Pick<EngineClient, 'listFolder' | 'measureFolder' | 'searchSnapshot' | 'entryVersions'> & {readonly calls: string[]} {
	const below = ({path}: EntryPath): FolderEntry[] => [...walk(find(tree, path), path === '/' ? '' : path)];
	return {
		calls,
		async listFolder(snapshot, path) {
			calls.push(`list ${snapshot.slice(0, 4)} ${path.path}`);
			return list(find(tree, path.path), path.path);
		},
		async measureFolder(snapshot, path) {
			calls.push(`measure ${snapshot.slice(0, 4)} ${path.path}`);
			const files = below(path).filter(({type}) => type === 'file');
			return {files: files.length, bytes: files.reduce((sum, {size = 0}) => sum + size, 0)};
		},
		async searchSnapshot(snapshot, text, {limit = 1000} = {}) {
			calls.push(`search ${snapshot.slice(0, 4)} ${text}`);
			return [...walk(tree, '')].filter(({path}) => path.slice(path.lastIndexOf('/') + 1).toLowerCase().includes(text.toLowerCase())).slice(0, limit);
		},
		async entryVersions(snapshot, path) {
			calls.push(`versions ${snapshot.slice(0, 4)} ${path.path}`);
			return [];
		},
	};
}
