import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import type {Buffer} from 'node:buffer';
import path from 'node:path';
import {CofferError, errorText} from '../../errors.ts';
import {pipeProgram} from '../../programs/pipe-program.ts';
import {runProgram, streamProgram} from '../../programs/run-program.ts';
import type {ProgramCall, ProgramContext} from '../../programs/program-call.ts';
import type {Runtime} from '../../runtime.ts';
import {harmlessEnvironment} from './harmless-environment.ts';
import type {RepositoryFormat} from './repository-config.ts';

/** Larger blobs are no texts: they are neither held in memory nor compared with others. */
const bigFileBytes = 8 * 1024 * 1024;

/** The whole configuration of a folder of ours. What git keeps besides objects and refs to be faster (commit graph, multi-pack index, untracked cache) may be stale or forged, and is not used. */
function encodeConfig({objectFormat, isPartial}: RepositoryFormat): string {
	return `[core]
	repositoryFormatVersion = 1
	bare = true
	compression = 0
	looseCompression = 0
	bigFileThreshold = ${bigFileBytes}
	commitGraph = false
	multiPackIndex = false
	untrackedCache = false
	fsmonitor = false
	hooksPath = /dev/null
	attributesFile = /dev/null
	excludesFile = /dev/null
	logAllRefUpdates = false
[pack]
	threads = 1
	compression = 0
	useBitmaps = false
[gc]
	auto = 0
[maintenance]
	auto = false
[protocol]
	allow = never
[extensions]
	objectFormat = ${objectFormat}
${isPartial ? '\tpartialClone = nowhere\n[remote "nowhere"]\n\tpromisor = true\n' : ''}`;
}

/** Make what git takes for a repository: without any object or ref, and with a configuration of ours. @param folder - Empty; a path for system calls */
function writePrivateRepository(folder: string, format: RepositoryFormat): void {
	for (const name of ['info', 'objects', 'refs']) {
		mkdirSync(path.join(folder, name), 0o700);
	}

	const options = {mode: 0o600, flag: 'wx'};
	writeFileSync(path.join(folder, 'config'), encodeConfig(format), options);
	writeFileSync(path.join(folder, 'HEAD'), 'ref: refs/heads/main\n', options);
}

/** A file system in memory that Linux always has: what git is told of a repository gets on no disk. */
const memoryFolder = '/dev/shm';
const prefix = 'coffer-git-';

/** Remove what processes that are gone have left behind. */
function removeForsaken(runtime: Runtime): void {
	for (const name of readdirSync(memoryFolder)) {
		const {pid, ticks} = new RegExp(`^${prefix}(?<pid>\\d+)-(?<ticks>\\d+)-[\\da-f]+$`).exec(name)?.groups ?? {};
		if (pid !== undefined && !runtime.isAlive({...runtime.identity, pid: Number(pid), startTicks: Number(ticks)})) {
			// Another user's stays.
			try {
				rmSync(path.join(memoryFolder, name), {recursive: true, force: true});
			} catch {}
		}
	}
}

export type PrivateGitOptions = {
	/** Absolute path of git. */
	readonly program: string;
	readonly format: RepositoryFormat;
	/** Absolute path of the store of objects to read from. @default its own */
	readonly objects?: string;
	/** For messages: which repository it is about. */
	readonly about: string;
};

/** What a run of git has besides its arguments. `workingFolder`: @default the private folder */
type StreamOptions = Pick<ProgramCall, 'environment' | 'workingFolder'> & {readonly input?: AsyncIterable<Uint8Array>};

/**
Git over the objects of a repository whose own configuration, hooks, attributes and refs it never sees: it runs in a folder of ours, which only this user can enter, and knows the other one's store of objects alone.
*/
export class PrivateGit {
	readonly folder: string;
	readonly #options: PrivateGitOptions;
	readonly #context: ProgramContext;

	private constructor(folder: string, options: PrivateGitOptions, context: ProgramContext) {
		this.folder = folder;
		this.#options = options;
		this.#context = context;
	}

	/** @throws `source-failed` */
	static create(options: PrivateGitOptions, context: ProgramContext): PrivateGit {
		const {runtime} = context;
		const {pid, startTicks} = runtime.identity;
		const folder = path.join(memoryFolder, `${prefix}${pid}-${startTicks}-${runtime.randomBytes(8).toString('hex')}`);
		try {
			removeForsaken(runtime);
			mkdirSync(folder, 0o700);
			writePrivateRepository(folder, options.format);
		} catch (error) {
			rmSync(folder, {recursive: true, force: true});
			throw new CofferError('source-failed', `${options.about} cannot be read: there is no place for a temporary folder in ${memoryFolder} (${errorText(error)}). Make room there, or mount a tmpfs.`, {cause: error});
		}

		return new PrivateGit(folder, options, context);
	}

	/** Make it in a folder that the caller has made and removes. @param folder - Empty; a path for system calls, such as `/proc/self/fd/N/.` */
	static in(folder: string, options: PrivateGitOptions, context: ProgramContext): PrivateGit {
		writePrivateRepository(folder, options.format);
		return new PrivateGit(folder, options, context);
	}

	/** Put a file into the folder, for git to find. */
	write(name: string, content: Uint8Array): void {
		writeFileSync(path.join(this.folder, name), content, {mode: 0o600});
	}

	/** What git writes, as `streamProgram` gives it. @throws `source-failed` with git's words; `aborted` */
	stream(parameters: readonly string[], what: string, {input, ...more}: StreamOptions = {}): AsyncGenerator<Buffer, void, undefined> {
		const call = this.#call(parameters, what, more);
		return input ? pipeProgram(call, this.#context, input) : streamProgram(call, this.#context);
	}

	/** What git has written, at most 16 MiB. @throws as `stream` */
	async run(parameters: readonly string[], what: string, {input, ...more}: StreamOptions = {}): Promise<Buffer> {
		const {output} = await runProgram(this.#call(parameters, what, more), this.#context, input && {input});
		return output;
	}

	/** Remove the folder. Never fails. */
	close(): void {
		try {
			rmSync(this.folder, {recursive: true, force: true});
		} catch {}
	}

	#call(parameters: readonly string[], what: string, {environment, workingFolder}: Pick<ProgramCall, 'environment' | 'workingFolder'>): ProgramCall {
		const {program, objects, about} = this.#options;
		return {
			program,
			arguments: parameters,
			workingFolder: workingFolder ?? this.folder,
			environment: {...harmlessEnvironment, GIT_DIR: workingFolder === undefined ? '.' : this.folder, ...(objects !== undefined && {GIT_OBJECT_DIRECTORY: objects}), ...environment},
			what: `${what} of ${about}`,
		};
	}
}
