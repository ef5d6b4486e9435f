import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {errorText, systemErrorCode, type Runtime} from '../engine/index.ts';
import {findDatabaseServers} from './finding/database-sockets.ts';
import type {FoundSource} from './finding/found-source.ts';
import {repositoryKindOf} from './finding/git-repositories.ts';
import {groupPaths, type FoundPath} from './finding/group-paths.ts';
import {freeName} from './finding/source-name.ts';
import {SqliteFinder} from './finding/sqlite-files.ts';
import {walkFolders} from './finding/walk-folders.ts';

/** Caches are made anew by themselves. */
const homeExcludes = ['.cache/'];

export type FindOptions = {
	readonly isRoot: boolean;
	readonly home: string | undefined;
	readonly runtime: Pick<Runtime, 'monotonicMs' | 'sleep'>;
	/** Absolute: what the program itself keeps there is nobody's data. @default none */
	readonly ownFolders?: readonly string[];
	/** Where the search begins. @default '/' */
	readonly root?: string;
};

async function isWorthABackup(folder: string): Promise<boolean> {
	try {
		const names = await readdir(folder);
		return names.length > 0;
	} catch {
		return false;
	}
}

async function findFolders({isRoot, home, root = '/'}: FindOptions): Promise<FoundSource[]> {
	const candidates = [
		...(isRoot
			? [{name: 'etc', paths: ['/etc']}, {name: 'home', paths: ['/home'], excludes: homeExcludes}, {name: 'root', paths: ['/root'], excludes: homeExcludes}]
			: (home === undefined || home === '/' ? [] : [{name: 'home', paths: [home], excludes: homeExcludes}])),
		{name: 'srv', paths: ['/srv']},
		{name: 'www', paths: ['/var/www']},
	];
	const found: FoundSource[] = [];
	for (const candidate of candidates) {
		const paths = candidate.paths.map(folder => path.join(root, folder));
		if (await isWorthABackup(paths[0]!)) {
			found.push({isUsual: true, source: {...candidate, kind: 'files', paths}});
		}
	}

	return found;
}

/** Roots with the data of programs, where SQLite databases are looked for, too. */
const dataRoots = ['/srv', '/opt', '/var/www', '/var/lib'];
/** Folders in them are each another person's or program's. */
const personalRoots = ['/home', '/var/lib', '/opt'];

/** What programs keep for themselves, fetch again, or have a dump for. */
const dullFolders = [
	'apt', 'aptitude', 'dpkg', 'rpm', 'dnf', 'yum', 'PackageKit', 'command-not-found', 'flatpak', 'snapd', 'fwupd', 'mlocate', 'plocate', 'man-db', 'systemd', 'NetworkManager', 'AccountsService', 'colord', 'upower', 'usbutils',
	'docker', 'containerd', 'containers', 'kubelet', 'lxc', 'lxcfs', 'lxd', 'machines', 'libvirt', 'postgresql', 'mysql', 'mongodb', 'redis', 'selinux', 'sss', 'texmf', 'ghostscript', 'update-notifier', 'fail2ban', 'clamav',
].map(name => `/var/lib/${name}`);

const limits = {maximumFolders: 20_000, maximumDepth: 5, maximumFiles: 2000};
/** Somebody waits for the search: it ends by itself after so long, in milliseconds, and is not waited for any longer where it cannot. */
const enoughMs = 800;
const maximumMs = 1200;

/** Repositories and databases in the usual places. They are recognised by their files, and nothing is run. */
async function findInFolders({isRoot, home, root = '/', ownFolders = []}: FindOptions, isOver: () => boolean): Promise<FoundSource[]> {
	const inRoot = (folder: string): string => path.join(root, folder);
	const homes = isRoot ? ['/home', '/root'] : (home === undefined || home === '/' ? [] : [home]);
	const withDatabases = new Set(dataRoots.map(folder => inRoot(folder)));
	const repositories: FoundPath[] = [];
	const databases: FoundPath[] = [];
	const finder = new SqliteFinder({maximumFiles: limits.maximumFiles, isOver});
	const leftOut = new Set([...dullFolders.map(folder => inRoot(folder)), ...ownFolders]);
	await walkFolders({roots: [...dataRoots, ...homes].map(folder => inRoot(folder)), leftOut, isOver, ...limits}, async walked => {
		const kind = await repositoryKindOf(walked);
		if (kind !== undefined) {
			repositories.push({root: walked.root, path: walked.folder});
		}

		if (kind !== 'bare' && withDatabases.has(walked.root)) {
			databases.push(...(await finder.find(walked)).map(file => ({root: walked.root, path: file})));
		}

		return kind !== 'bare';
	});
	const personal = new Set(personalRoots.map(folder => inRoot(folder)));
	return [
		...groupPaths(repositories, 'git', folder => personal.has(folder)).map((group): FoundSource => ({isUsual: false, source: {kind: 'git', ...group, paths: [...group.paths]}})),
		...groupPaths(databases, 'sqlite', folder => withDatabases.has(folder)).map((group): FoundSource => ({isUsual: false, source: {kind: 'sqlite', ...group, paths: [...group.paths]}})),
	];
}

/** Names that no two of them share; the first ones keep theirs. */
function withFreeNames(found: readonly FoundSource[]): FoundSource[] {
	const taken = new Set<string>();
	return found.map(one => {
		const name = freeName(one.source.name, taken);
		taken.add(name);
		return {...one, source: {...one.source, name}};
	});
}

/** What is worth a backup on most servers, as far as it exists here, can be read and is not empty; then database servers, Git repositories and SQLite databases. What takes longer than a moment to find is not found. */
export async function findSources(options: FindOptions): Promise<FoundSource[]> {
	const {runtime, root = '/'} = options;
	const startMs = runtime.monotonicMs();
	const enough = new AbortController();
	const isOver = (): boolean => enough.signal.aborted || runtime.monotonicMs() - startMs > enoughMs;
	// A file system that hangs, such as of a server that is gone, answers no call: it is not waited for.
	const giveUp = async (): Promise<FoundSource[]> => {
		await runtime.sleep(maximumMs, enough.signal).catch(() => undefined);
		return [];
	};

	const inTime = async (search: Promise<FoundSource[]>): Promise<FoundSource[]> => Promise.race([search, giveUp()]);
	try {
		const searches = [findFolders(options), findDatabaseServers(root), findInFolders(options, isOver)];
		const found = await Promise.all(searches.map(async search => inTime(search)));
		return withFreeNames(found.flat());
	} finally {
		enough.abort();
	}
}

/** Why a folder cannot be a source, in a sentence for the person who named it; `undefined`: it can. */
export async function whyNoSource(folder: string): Promise<string | undefined> {
	try {
		await readdir(folder);
		return undefined;
	} catch (error) {
		switch (systemErrorCode(error)) {
			case 'ENOENT': {
				return `${folder} does not exist.`;
			}

			case 'ENOTDIR': {
				return `${folder} is not a folder.`;
			}

			case 'EACCES': {
				return `${folder} may not be read by this user.`;
			}

			default: {
				return `${folder} cannot be read: ${errorText(error)}.`;
			}
		}
	}
}
