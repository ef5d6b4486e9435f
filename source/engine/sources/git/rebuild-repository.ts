import {closeSync, mkdirSync, openSync, readSync, rmSync, unlinkSync, writeFileSync} from 'node:fs';
import {Buffer} from 'node:buffer';
import process from 'node:process';
import {fromText, toBytes, toPath, type ByteString} from '../../byte-string.ts';
import {CofferError, errorText, throwIfAborted} from '../../errors.ts';
import type {ProgramContext} from '../../programs/program-call.ts';
import {onePiece, readPieces} from '../pieces.ts';
import {bundleName, hexLengths, readBundleHeader, type BundleHeader} from './bundle-format.ts';
import {areSameRefs, mergeRefs, readExisting, type ExistingRepository} from './existing-refs.ts';
import {findGit} from './find-git.ts';
import {fileFlags, HeldFolder} from './held-folder.ts';
import {PrivateGit} from './private-git.ts';
import {encodePackedRefs, parseRefLog} from './ref-files.ts';
import {RepositoryHandOver, syncFolder} from './repository-hand-over.ts';
import {parseConfig, readFormat, type RepositoryFormat} from './repository-config.ts';

/** Where a repository is put together: inside its own folder, and for nobody else to enter. As long as it is there, what is beside it is not finished. */
const workName = 'coffer-rebuild' as ByteString;

export type RebuildOptions = {
	/** The repository's folder, for system calls, such as `/proc/self/fd/N/.`. */
	readonly folder: string;
	/** The same for messages. */
	readonly path: string;
	/** Whether refs of a repository that is there already may be changed, and objects added to it. */
	readonly mayReplace: boolean;
};

type Scene = {
	readonly folder: HeldFolder;
	readonly header: BundleHeader;
	readonly format: RepositoryFormat;
	/** A descriptor, and where the pack in it begins. */
	readonly bundle: number;
	readonly packOffset: number;
	/** Absolute path of git. */
	readonly program: string;
	readonly options: RebuildOptions;
	readonly context: ProgramContext;
};

function isUnfinished(folder: HeldFolder): boolean {
	const found = folder.look(workName);
	return found !== undefined && found.isDirectory() && Number(found.uid) === process.getuid?.() && (Number(found.mode) & 0o077) === 0;
}

function makeWorkFolder(folder: HeldFolder): HeldFolder {
	const systemPath = toPath(folder.systemPath(workName));
	if (folder.look(workName) !== undefined) {
		// What only this user can enter, nobody can exchange while it is removed.
		if (!isUnfinished(folder)) {
			throw new Error(`something called ${workName} is in the way`);
		}

		rmSync(systemPath, {recursive: true});
	}

	mkdirSync(systemPath, 0o700);
	return folder.enter(workName);
}

function openBundle(folder: HeldFolder): {readonly bundle: number; readonly header: BundleHeader; readonly packOffset: number} {
	const bundle = openSync(toPath(folder.systemPath(bundleName)), fileFlags);
	try {
		return {bundle, ...readBundleHeader(() => {
			const buffer = Buffer.alloc(64 * 1024);
			return buffer.subarray(0, readSync(bundle, buffer));
		})};
	} catch (error) {
		closeSync(bundle);
		throw error;
	}
}

/** Everything that the repository has to have: what refs stand on, HEAD among them, and the entries of the stash. */
function neededIds({folder, header}: Scene): Set<string> {
	const log = folder.readBelow(['logs', 'refs'], 'stash');
	return new Set([...header.refs.values(), ...parseRefLog(log?.toString('latin1') ?? '', hexLengths[header.objectFormat])]);
}

/** That every object is there which any ref leads to. @throws `target-unusable` with git's words */
async function checkObjects(git: PrivateGit, scene: Scene): Promise<void> {
	const input = onePiece(Buffer.from([...neededIds(scene)].map(id => `${id}\n`).join('')));
	await git.run(['rev-list', '--objects', '--quiet', ...(scene.format.isPartial ? ['--exclude-promisor-objects'] : []), '--stdin'], 'git rev-list', {input});
}

/** Whether what is there is the same repository, whole. */
async function isSameRepository(scene: Scene, existing: ExistingRepository, refs: ReadonlyMap<ByteString, string>, work: HeldFolder): Promise<boolean> {
	if (!areSameRefs(existing.ids, refs)) {
		return false;
	}

	const {program, format, options: {path}, context, folder} = scene;
	// Git is in a folder inside the repository's.
	const git = PrivateGit.in(systemPathOf(work), {program, format, about: path, objects: '../objects'}, context);
	copyShallow(folder, git);
	try {
		await checkObjects(git, scene);
		return true;
	} catch (error) {
		throwIfAborted(context.signal);
		context.log(errorText(error));
		return false;
	}
}

const systemPathOf = (folder: HeldFolder): string => folder.systemPath('.' as ByteString);

function copyShallow(folder: HeldFolder, git: PrivateGit): void {
	const shallow = folder.read('shallow');
	if (shallow) {
		git.write('shallow', shallow);
	}
}

/** Turn the bundle into a pack with its index, in the private folder, every object checked. */
async function unpack(scene: Scene, work: HeldFolder): Promise<void> {
	const {program, format, options: {path}, context, folder, bundle, packOffset} = scene;
	const git = PrivateGit.in(systemPathOf(work), {program, format, about: path}, context);
	copyShallow(folder, git);
	await git.run(['index-pack', '--stdin', ...(format.isPartial ? ['--promisor'] : [])], 'git index-pack', {input: readPieces(bundle, packOffset)});
	await checkObjects(git, scene);
}

/** Objects first, then the refs to them: whenever this ends, what is there is whole. */
function putInPlace({folder}: Scene, work: HeldFolder, existing: ExistingRepository, added: ReadonlyMap<ByteString, string>): void {
	const refs = mergeRefs(existing.ids, added);
	const handOver = new RepositoryHandOver(folder);
	const held: HeldFolder[] = [];
	const hold = (opened: HeldFolder): HeldFolder => {
		held.push(opened);
		return opened;
	};

	try {
		const objects = hold(handOver.enter(folder, 'objects'));
		const packs = hold(handOver.enter(objects, 'pack'));
		hold(handOver.enter(objects, 'info'));
		const made = hold(hold(work.enter('objects' as ByteString)).enter('pack' as ByteString));
		// Git finds a pack by its index.
		for (const name of made.names().toSorted((a, b) => Number(a.endsWith('.idx')) - Number(b.endsWith('.idx')))) {
			handOver.move(made, packs, name, handOver.fileMode & 0o444);
		}

		syncFolder(packs);
		syncFolder(objects);
		const refsFolder = hold(handOver.enter(folder, 'refs'));
		hold(handOver.enter(refsFolder, 'heads'));
		hold(handOver.enter(refsFolder, 'tags'));
		writeFileSync(toPath(work.systemPath('packed-refs' as ByteString)), toBytes(encodePackedRefs(refs)), {mode: 0o600, flag: 'wx'});
		handOver.move(work, folder, 'packed-refs', handOver.fileMode);
		removeLooseRefs(folder, added);
		syncFolder(folder);
	} finally {
		for (const opened of held.reverse()) {
			opened.close();
		}
	}
}

/** Files of refs would count more than the packed ones. */
function removeLooseRefs(folder: HeldFolder, refs: ReadonlyMap<ByteString, string>): void {
	for (const name of refs.keys()) {
		const parts = name.split('/');
		removeBelow(folder, parts.slice(0, -1), parts.at(-1)!);
	}
}

function removeBelow(folder: HeldFolder, [first, ...rest]: readonly string[], name: string): void {
	if (first !== undefined) {
		const inner = folder.find(first);
		try {
			if (inner) {
				removeBelow(inner, rest, name);
			}
		} finally {
			inner?.close();
		}
	} else if (folder.look(name)?.isDirectory() === false) {
		unlinkSync(toPath(folder.systemPath(name as ByteString)));
	}
}

async function rebuild(scene: Scene): Promise<void> {
	const {folder, header, options} = scene;
	const refs = new Map([...header.refs].filter(([name]) => name !== 'HEAD'));
	const wasUnfinished = isUnfinished(folder);
	const existing = readExisting(folder, hexLengths[header.objectFormat], options.path);
	// What was not finished is ours only as long as nobody has worked with it.
	const isOurs = wasUnfinished && [...existing.ids].every(([name, id]) => refs.get(name) === id);
	const isThere = !isOurs && (existing.ids.size > 0 || existing.hasObjects);
	let work = makeWorkFolder(folder);
	let isPartlyInPlace = wasUnfinished;
	try {
		const isDone = isThere && await isSameRepository(scene, existing, refs, work);
		if (isThere && !isDone && !options.mayReplace) {
			throw new Error('a repository is there already, and only --overwrite always changes its refs and adds objects to it');
		}

		if (!isDone) {
			work.close();
			work = makeWorkFolder(folder);
			await unpack(scene, work);
			isPartlyInPlace = true;
			putInPlace(scene, work, existing, refs);
		}

		// The bundle last: until then the next run can tell that all is there.
		rmSync(toPath(folder.systemPath(workName)), {recursive: true});
		unlinkSync(toPath(folder.systemPath(bundleName)));
		syncFolder(folder);
	} catch (error) {
		// As long as it is there, the next run takes what is in place for its own.
		if (!isPartlyInPlace) {
			rmSync(toPath(folder.systemPath(workName)), {recursive: true, force: true});
		}

		throw error;
	} finally {
		work.close();
	}
}

/**
Make a repository of what a restore has put into its folder: the bundle becomes a pack with all objects and the refs to them, and then goes. The other files are there already and are not touched; git works in a folder of
ours inside, and sees neither configuration nor hooks of the repository. It can be interrupted and started again at any time.
A repository that is there already is left as it is, unless it may be replaced: then refs of the bundle take the place of those with the same name, and all others stay.
@throws `target-unusable`: the bundle is still there then, and the message says how to use it; `aborted`
*/
export async function rebuildRepository(options: RebuildOptions, context: ProgramContext): Promise<void> {
	const {path} = options;
	let folder: HeldFolder | undefined;
	let bundle: number | undefined;
	try {
		const {program} = await findGit(context);
		folder = HeldFolder.open(fromText(options.folder));
		const opened = openBundle(folder);
		bundle = opened.bundle;
		const {header, packOffset} = opened;
		const config = folder.read('config');
		const {isPartial} = readFormat(config ? await parseConfig(program, config, `git config of ${path}`, context) : [], path);
		const format = {objectFormat: header.objectFormat, isPartial};
		await rebuild({folder, header, format, bundle, packOffset, program, options, context});
	} catch (error) {
		throwIfAborted(context.signal);
		throw new CofferError('target-unusable', `The repository ${path} was not put together: ${errorText(error).replace(/\.$/, '')}. Its refs and objects stay in ${path}/${bundleName}; to have them elsewhere: git clone --mirror ${path}/${bundleName} FOLDER`, {context: {path}, cause: error});
	} finally {
		if (bundle !== undefined) {
			closeSync(bundle);
		}

		folder?.close();
	}
}
