import {lstatSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {fromText, joinPath, toDisplayText, type ByteString} from '../../byte-string.ts';
import {errorText, isCofferError, throwIfAborted} from '../../errors.ts';
import type {RepositoryFacts} from '../../source-facts.ts';
import type {StreamedEntry} from '../../streamed-entry.ts';
import type {SourceContext} from '../source-stream.ts';
import {bundleName} from './bundle-format.ts';
import {HeldFolder} from './held-folder.ts';
import {openRepository, type OpenedRepository} from './opened-repository.ts';
import {findAbsences} from './repository-absences.ts';
import {bundle} from './repository-bundle.ts';
import {describeRepository} from './repository-facts.ts';
import {repositoryFiles, workingTreeState, type Reading} from './repository-files.ts';
import {locateRepository, type RepositoryPlace} from './repository-place.ts';
import {resolveRef} from './repository-refs.ts';
import {workingTreeEntries} from './working-tree.ts';

const maximumModuleDepth = 8;

/** The repositories of submodules that git keeps in that of the project, by their names. */
function findModules(folder: string, name = '', depth = 0): Map<string, RepositoryPlace> {
	const found = new Map<string, RepositoryPlace>();
	const current = path.join(folder, name);
	if (depth > maximumModuleDepth || !lstatSync(current, {throwIfNoEntry: false})?.isDirectory()) {
		return found;
	}

	for (const entry of readdirSync(current, {withFileTypes: true}).filter(entry => entry.isDirectory())) {
		const inner = path.join(name, entry.name);
		try {
			found.set(inner, locateRepository(path.join(folder, inner)));
		} catch (error) {
			if (!isCofferError(error, 'source-missing')) {
				throw error;
			}

			// The name of a submodule may have several parts.
			for (const [module, place] of findModules(folder, inner, depth + 1)) {
				found.set(module, place);
			}
		}
	}

	return found;
}

/** Reads repositories, one after the other, each once, with those of their submodules. */
export class RepositoryReader {
	readonly facts: RepositoryFacts[] = [];
	readonly #program: string;
	readonly #hasWorkingTree: boolean;
	readonly #context: SourceContext;
	readonly #reading: Reading;
	readonly #known = new Set<string>();

	constructor(program: string, hasWorkingTree: boolean, context: SourceContext, onSkip: Reading['onSkip']) {
		this.#program = program;
		this.#hasWorkingTree = hasWorkingTree;
		this.#context = context;
		this.#reading = {nowMs: context.runtime.now(), onSkip};
	}

	/**
	Everything of one repository.
	@yields Its folder, the files in it, the bundle; its working tree where that is wanted; those of its submodules.
	@throws `source-failed`, `aborted`
	*/
	async * entries(place: RepositoryPlace): AsyncGenerator<StreamedEntry, void, undefined> {
		const hasWorkingTree = this.#hasWorkingTree && place.workingTree !== undefined;
		const repository = await openRepository(place, {program: this.#program, hasWorkingTree, context: this.#context});
		try {
			const isNew = !this.#known.has(place.gitFolder);
			this.#known.add(place.gitFolder);
			yield * this.#pointer(place);
			if (isNew) {
				yield * this.#repository(repository);
			}

			const modules = isNew ? findModules(path.join(place.gitFolder, 'modules')) : new Map<string, RepositoryPlace>();
			const inside: string[] = [];
			if (hasWorkingTree) {
				yield * this.#workingTree(repository, inside);
			}

			for (const module of modules.values()) {
				if (!this.#known.has(module.gitFolder)) {
					yield * this.entries(module);
				}
			}

			if (isNew) {
				await this.#describe(repository, new Set([...modules.keys(), ...inside]));
			}
		} finally {
			repository.close();
		}
	}

	// A `.git` that is not the repository itself, but says where it is.
	async * #pointer({workingTree, gitFolder}: RepositoryPlace): AsyncGenerator<StreamedEntry, void, undefined> {
		if (workingTree === undefined || path.join(workingTree, '.git') === gitFolder) {
			return;
		}

		const folder = HeldFolder.open(fromText(workingTree));
		try {
			yield folder.entry(this.#reading.nowMs);
			yield * folder.entries('.git' as ByteString, this.#reading.nowMs, this.#reading.onSkip);
		} finally {
			folder.close();
		}
	}

	async * #repository(repository: OpenedRepository): AsyncGenerator<StreamedEntry, void, undefined> {
		const {folder, headFolder, refs, format, index, furtherIds, stores, git} = repository;
		yield * repositoryFiles(folder, repository, this.#reading);
		const head = resolveRef(refs.head, refs);
		const named = new Map([...refs.ids, ...(head === undefined ? [] : [['HEAD' as ByteString, head] as const])]);
		if (named.size === 0) {
			return;
		}

		const {uid, gid} = folder.entry(this.#reading.nowMs);
		const content = bundle(git, {header: {objectFormat: format.objectFormat, refs: named}, furtherIds, hasIndex: index.size > 0, isPartial: format.isPartial, stores});
		yield {path: joinPath(folder.path, bundleName), type: 'file', mode: 0o600, uid, gid, mtimeNs: BigInt(Math.floor(this.#reading.nowMs)) * 1_000_000n, content};
		yield * workingTreeState(headFolder, index, this.#reading);
	}

	// `inside` gets the paths, from the working tree, of repositories that were taken along.
	async * #workingTree({place, git}: OpenedRepository, inside: string[]): AsyncGenerator<StreamedEntry, void, undefined> {
		const root = place.workingTree!;
		const found: ByteString[] = [];
		yield * workingTreeEntries({git, root: fromText(root), ...this.#reading, onRepository(folder) {
			found.push(folder);
		}});
		for (const folder of found.map(folder => toDisplayText(folder))) {
			const inner = this.#locateInside(place, folder);
			if (!inner || inner.workingTree === root) {
				continue;
			}

			inside.push(path.relative(root, folder));
			yield * this.entries(inner);
		}
	}

	/** The repository of a submodule, or of another folder in the working tree; `undefined` where there is none, or it is kept elsewhere. */
	#locateInside({workingTree, gitFolder}: RepositoryPlace, folder: string): RepositoryPlace | undefined {
		try {
			if (lstatSync(path.join(folder, '.git'), {throwIfNoEntry: false}) === undefined) {
				return undefined;
			}

			const inner = locateRepository(folder);
			if (inner.gitFolder.startsWith(`${workingTree}/`) || inner.gitFolder.startsWith(`${gitFolder}/`)) {
				return inner;
			}

			this.#context.warn(`${folder} has its repository in ${inner.gitFolder}, which is not in the snapshot. Name it as a source of its own.`);
		} catch (error) {
			// It is none of the source's own: what can be read of the others still counts.
			throwIfAborted(this.#context.signal);
			this.#context.warn(`What ${folder} holds of a repository is not in the snapshot: ${errorText(error)}`);
		}

		return undefined;
	}

	async #describe(repository: OpenedRepository, taken: ReadonlySet<string>): Promise<void> {
		const {place: {named}, folder, git, format, shallow, refs} = repository;
		const absent = await findAbsences({
			git, format, shallow, taken, program: this.#program, head: resolveRef(refs.head, refs),
			hasLfs: folder.look('lfs') !== undefined, hasAnnex: folder.look('annex') !== undefined,
		}, this.#context);
		this.facts.push(await describeRepository(repository, named, absent));
		if (absent.length > 0) {
			this.#context.warn(`The snapshot of the repository ${named} does not hold: ${absent.join('; ')}.`);
		}

		if (refs.ignored.length > 0) {
			this.#context.warn(`In the repository ${named}, git passes over ${refs.ignored.length} files in refs because of their names, such as ${toDisplayText(refs.ignored[0]!)}; they are not in the snapshot.`);
		}
	}
}
