import {lstatSync, readFileSync, realpathSync, statSync} from 'node:fs';
import process from 'node:process';
import path from 'node:path';
import {CofferError, errorText, systemErrorCode} from '../../errors.ts';

/** A repository on this machine, and what was named of it. */
export type RepositoryPlace = {
	/** As the source names it. */
	readonly named: string;
	/** The folder with its objects and refs; absolute and real. */
	readonly gitFolder: string;
	/** Its store of objects; absolute and real. */
	readonly objects: string;
	/** Of the working tree that was named, where there is one; absolute and real. */
	readonly workingTree?: string;
	/** The folder with HEAD and index of that working tree; another one than `gitFolder` for one that "git worktree add" has made. */
	readonly headFolder: string;
};

const maximumPointerBytes = 16 * 1024;

function refuse(named: string, reason: string, cause?: unknown): CofferError {
	return new CofferError('source-failed', `The repository ${named} cannot be read: ${reason}`, {context: {path: named}, cause});
}

function isReachableByAll(folder: string): boolean {
	for (let current = folder; ; current = path.dirname(current)) {
		// Bits for all others: enter, and of the folder itself, read.
		const wanted = current === folder ? 0o005 : 0o001;
		if ((statSync(current).mode & wanted) !== wanted) {
			return false;
		}

		if (current === '/') {
			return true;
		}
	}
}

/**
Follow what a repository says of where another part of it is. Whoever owns the repository could otherwise have root put into a snapshot of it what only others may read.
@param owner - Of the file that says so.
@returns The real path.
*/
export function followPointer(named: string, owner: number, target: string): string {
	try {
		const real = realpathSync(target);
		const isTrusted = owner === 0 || owner === process.getuid?.() || owner === statSync(real).uid || isReachableByAll(real);
		if (isTrusted) {
			return real;
		}
	} catch (error) {
		throw refuse(named, `a part of it is said to be in ${target}, which cannot be read (${systemErrorCode(error) ?? errorText(error)}).`, error);
	}

	throw refuse(named, `it refers to ${target}, which belongs to somebody else and is not for everybody to read. If that is meant, give both to one owner, or name that repository itself as a source.`);
}

/** One line of a small file, such as `gitdir: PATH`, and who owns it. */
function readPointer(file: string): {readonly text: string; readonly owner: number} | undefined {
	const stats = lstatSync(file, {throwIfNoEntry: false});
	if (!stats?.isFile() || stats.size > maximumPointerBytes) {
		return undefined;
	}

	return {text: readFileSync(file, 'utf8').trimEnd(), owner: stats.uid};
}

const isFolder = (folder: string): boolean => statSync(folder, {throwIfNoEntry: false})?.isDirectory() ?? false;

/** Whether a folder looks like one that git keeps a repository in, or like a working tree's own part of one. */
function isGitFolder(folder: string): boolean {
	const hasHead = lstatSync(path.join(folder, 'HEAD'), {throwIfNoEntry: false}) !== undefined;
	return hasHead && ((isFolder(path.join(folder, 'objects')) && isFolder(path.join(folder, 'refs'))) || readPointer(path.join(folder, 'commondir')) !== undefined);
}

function locateGitFolder(named: string, real: string): Pick<RepositoryPlace, 'workingTree'> & {readonly folder: string} {
	const inside = path.join(real, '.git');
	const stats = lstatSync(inside, {throwIfNoEntry: false});
	if (stats?.isSymbolicLink()) {
		return {folder: followPointer(named, stats.uid, inside), workingTree: real};
	}

	if (stats?.isDirectory()) {
		return {folder: inside, workingTree: real};
	}

	const pointer = readPointer(inside);
	if (pointer) {
		const target = /^gitdir: (?<target>.+)$/s.exec(pointer.text)?.groups?.['target'];
		if (target === undefined) {
			throw refuse(named, 'its .git is a file that does not say where the repository is.');
		}

		return {folder: followPointer(named, pointer.owner, path.resolve(real, target)), workingTree: real};
	}

	return {folder: real, ...(path.basename(real) === '.git' && {workingTree: path.dirname(real)})};
}

function locateObjects(named: string, gitFolder: string): string {
	const objects = path.join(gitFolder, 'objects');
	const stats = lstatSync(objects);
	return stats.isSymbolicLink() ? followPointer(named, stats.uid, objects) : objects;
}

/**
Find the repository that a path of a source stands for: its folder, bare or not, the `.git` in it, a working tree that was added to it, or a submodule.
@throws `source-missing`, `source-failed`
*/
export function locateRepository(named: string): RepositoryPlace {
	try {
		const real = realpathSync(named);
		const {folder, workingTree} = locateGitFolder(named, real);
		if (isGitFolder(folder)) {
			const common = readPointer(path.join(folder, 'commondir'));
			const gitFolder = common ? followPointer(named, common.owner, path.resolve(folder, common.text)) : folder;
			return {named, gitFolder, objects: locateObjects(named, gitFolder), headFolder: folder, ...(workingTree !== undefined && {workingTree})};
		}
	} catch (error) {
		if (error instanceof CofferError) {
			throw error;
		}

		if (systemErrorCode(error) !== 'ENOENT' && systemErrorCode(error) !== 'ENOTDIR') {
			throw refuse(named, `${errorText(error)}. Run coffer as a user who may read it.`, error);
		}
	}

	throw new CofferError('source-missing', `There is no git repository in ${named}, so nothing was backed up. Is it mounted? Correct the source's paths: each names the folder of a repository, or its .git.`, {context: {path: named}});
}

const maximumAlternateDepth = 5;

/** The stores of objects that a store takes from as well (gitrepository-layout(5), objects/info/alternates). @throws `source-failed` */
export function findAlternates(named: string, objects: string, depth = 0): string[] {
	const pointer = readPointer(path.join(objects, 'info', 'alternates'));
	if (!pointer || depth > maximumAlternateDepth) {
		return [];
	}

	return pointer.text.split('\n').filter(line => line !== '' && !line.startsWith('#')).flatMap(line => {
		if (line.startsWith('"')) {
			throw refuse(named, 'its objects/info/alternates holds a name in quotes, which this version does not read.');
		}

		const store = followPointer(named, pointer.owner, path.resolve(objects, line));
		return [store, ...findAlternates(named, store, depth + 1)];
	});
}
