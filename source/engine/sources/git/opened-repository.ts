import type {Buffer} from 'node:buffer';
import {fromText, toBytes, toDisplayText, type ByteString} from '../../byte-string.ts';
import {CofferError, errorText} from '../../errors.ts';
import type {ProgramContext} from '../../programs/program-call.ts';
import type {SourceContext} from '../source-stream.ts';
import {hexLengths} from './bundle-format.ts';
import {HeldFolder} from './held-folder.ts';
import {PrivateGit} from './private-git.ts';
import {encodePackedRefs, parseRefFile, parseRefLog} from './ref-files.ts';
import {parseConfig, readFormat, type RepositoryFormat} from './repository-config.ts';
import {findAlternates, type RepositoryPlace} from './repository-place.ts';
import {readRefs, type RepositoryRefs} from './repository-refs.ts';

/** A repository whose refs have been read, with a git that can read its objects. */
export type OpenedRepository = {
	readonly place: RepositoryPlace;
	readonly folder: HeldFolder;
	/** With HEAD and index of the working tree that was named. */
	readonly headFolder: HeldFolder;
	readonly config: Buffer | undefined;
	readonly shallow: Buffer | undefined;
	readonly format: RepositoryFormat;
	readonly refs: RepositoryRefs;
	/** The index's files, by name; none where no working tree is wanted. */
	readonly index: ReadonlyMap<ByteString, Buffer>;
	/** Objects that no ref leads to, and that belong to the snapshot: entries of the stash, heads of further working trees, what a merge stands on. */
	readonly furtherIds: readonly string[];
	/** Its stores of objects. */
	readonly stores: readonly string[];
	readonly git: PrivateGit;
	/** Never fails. */
	close(): void;
};

export type OpenOptions = {
	/** Absolute path of git. */
	readonly program: string;
	readonly hasWorkingTree: boolean;
	readonly context: Pick<SourceContext, 'runtime' | 'signal' | 'log' | 'warn'>;
};

const unfinishedHeads = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD'];

const isOfIndex = (name: ByteString): boolean => name === 'index' || /^sharedindex\.[\da-f]+$/.test(name);

function readIndex(folder: HeldFolder): Map<ByteString, Buffer> {
	return new Map(folder.names().filter(name => isOfIndex(name)).map(name => [name, folder.read(name)!] as const));
}

/** Detached heads of further working trees. */
function furtherHeads(folder: HeldFolder, hexLength: number): string[] {
	const trees = folder.find('worktrees');
	try {
		return (trees?.names() ?? []).flatMap(name => {
			const content = trees!.readBelow([name], 'HEAD');
			const value = content && parseRefFile(content.toString('latin1'), hexLength);
			return value && 'id' in value ? [value.id] : [];
		});
	} finally {
		trees?.close();
	}
}

function readHeads(folder: HeldFolder): string[] {
	return unfinishedHeads.flatMap(name => folder.read(name)?.toString('latin1').split('\n').filter(line => /^[\da-f]{40,64}$/.test(line)) ?? []);
}

/** Git only mentions folders of a working tree that it could not look into. */
function warningOfFolders({warn, log, ...context}: OpenOptions['context']): ProgramContext {
	return {...context, log(message) {
		(message.includes('could not open directory') ? warn : log)(message);
	}};
}

/** Tell git of the refs as they were read, and of nothing else. */
function fill(git: PrivateGit, {refs, shallow, index, folder}: Pick<OpenedRepository, 'refs' | 'shallow' | 'index' | 'folder'>): void {
	git.write('packed-refs', toBytes(encodePackedRefs(refs.ids)));
	git.write('HEAD', toBytes('id' in refs.head ? `${refs.head.id}\n` : `ref: ${refs.head.target}\n`));
	const exclude = folder.readBelow(['info'], 'exclude');
	const files: ReadonlyArray<readonly [string, Buffer | undefined]> = [['shallow', shallow], ['info/exclude', exclude], ...index];
	for (const [name, content] of files) {
		if (content) {
			git.write(name, content);
		}
	}
}

/** @throws `source-failed`, `aborted` */
export async function openRepository(place: RepositoryPlace, {program, hasWorkingTree, context}: OpenOptions): Promise<OpenedRepository> {
	const held: HeldFolder[] = [];
	let git: PrivateGit | undefined;
	const close = (): void => {
		git?.close();
		for (const folder of held.splice(0)) {
			folder.close();
		}
	};

	const hold = (folder: string): HeldFolder => {
		const opened = HeldFolder.open(fromText(folder));
		held.push(opened);
		return opened;
	};

	try {
		const folder = hold(place.gitFolder);
		const headFolder = hold(place.headFolder);
		const config = folder.read('config');
		const format = readFormat(config ? await parseConfig(program, config, `git config of ${place.named}`, context) : [], place.named);
		const hexLength = hexLengths[format.objectFormat];
		const refs = readRefs(folder, hexLength, place.named);
		const shallow = folder.read('shallow');
		const furtherIds = [...parseRefLog(refs.stashLog?.toString('latin1') ?? '', hexLength), ...furtherHeads(folder, hexLength), ...(hasWorkingTree ? readHeads(headFolder) : [])];
		const index = hasWorkingTree ? readIndex(headFolder) : new Map<ByteString, Buffer>();
		git = PrivateGit.create({program, format, objects: place.objects, about: place.named}, hasWorkingTree ? warningOfFolders(context) : context);
		fill(git, {refs, shallow, index, folder});
		return {place, folder, headFolder, config, shallow, format, refs, index, furtherIds, stores: [place.objects, ...findAlternates(place.named, place.objects)], git, close};
	} catch (error) {
		close();
		throw error instanceof CofferError ? error : new CofferError('source-failed', `The repository ${toDisplayText(fromText(place.named))} cannot be read: ${errorText(error)}. Run coffer as a user who may read it.`, {context: {path: place.named}, cause: error});
	}
}
