import {createHash} from 'node:crypto';
import {readdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import {CofferError, errorText, systemErrorCode} from '../errors.ts';
import type {RepositoryId, SnapshotId} from '../ids.ts';
import {decodeSourceMemory, emptySourceMemory, withLosses, withRun, type SeenSnapshot, type SourceMemory, type SourceRun} from './source-memory.ts';
import {toChoice, toRecord, toText, toTime} from './shapes.ts';
import {readState, updateState, writeState, type StateContext, type StateFile} from './state-file.ts';

/** Which share of a snapshot's data was decrypted and hashed. */
export const verifiedShares = ['none', 'part', 'all'] as const;
export type VerifiedShare = typeof verifiedShares[number];

/** The last verification of a snapshot that found nothing wrong with it. */
export type Verification = {
	readonly time: string;
	readonly data: VerifiedShare;
};

type Places = ReadonlyMap<string, RepositoryId>;
type Verifications = ReadonlyMap<SnapshotId, Verification>;

/** Which repository lay at each URL, so that an exchanged one is noticed. */
function placesFile(stateFolder: string): StateFile<Places> {
	return {
		path: path.join(stateFolder, 'remembered', 'places.json'),
		empty: () => new Map(),
		decode: value => new Map(Object.entries(toRecord(value)).map(([url, id]) => [url, toText(id) as RepositoryId])),
	};
}

function repositoryFolder(stateFolder: string, id: RepositoryId): string {
	return path.join(stateFolder, 'remembered', id);
}

/**
Note that a new repository was made at `url`, and forget what was remembered of an earlier one there.
@throws `state-failed`
*/
export function rememberNewPlace(stateFolder: string, url: string, id: RepositoryId, context: StateContext): void {
	const file = placesFile(stateFolder);
	const places = readState(file, context);
	const earlier = places.get(url);
	const isElsewhere = [...places].some(([otherUrl, otherId]) => otherUrl !== url && otherId === earlier);
	if (earlier !== undefined && !isElsewhere) {
		rmSync(repositoryFolder(stateFolder, earlier), {recursive: true, force: true});
	}

	writeState(file.path, Object.fromEntries([...places, [url, id]]), context);
}

/**
What this host remembers of one repository. One file a source, so that two runs at once seldom touch the same one; within one file the last writer wins.
*/
export class HostState {
	readonly #folder: string;
	readonly #places: StateFile<Places>;
	readonly #context: StateContext;
	readonly #repositoryId: RepositoryId;

	/** @param stateFolder - Absolute; made when something is first written. */
	constructor(stateFolder: string, repositoryId: RepositoryId, context: StateContext) {
		this.#folder = repositoryFolder(stateFolder, repositoryId);
		this.#places = placesFile(stateFolder);
		this.#context = context;
		this.#repositoryId = repositoryId;
	}

	/**
	Compare the repository with the one that this host knows at `url`; an unknown place is remembered.
	@returns The other repository that was there before, if so; it stays remembered, so that the warning is given until somebody acts.
	@throws `state-failed`
	*/
	checkPlace(url: string): RepositoryId | undefined {
		const places = readState(this.#places, this.#context);
		const known = places.get(url);
		if (known === undefined) {
			writeState(this.#places.path, Object.fromEntries([...places, [url, this.#repositoryId]]), this.#context);
		}

		return known === undefined || known === this.#repositoryId ? undefined : known;
	}

	/** Where `checkPlace` keeps its memory, for the advice that goes with the warning. */
	get placesPath(): string {
		return this.#places.path;
	}

	/** Everything remembered, in no order. @throws `state-failed` */
	sources(): SourceMemory[] {
		let names: string[];
		try {
			names = readdirSync(this.#folder);
		} catch (error) {
			if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) {
				return [];
			}

			throw new CofferError('state-failed', `What this host remembers could not be read (${this.#folder}): ${errorText(error)}`, {context: {folder: this.#folder}, cause: error});
		}

		return names
			.filter(name => /^source-[\da-f]{16}\.json$/.test(name))
			.map(name => readState({path: path.join(this.#folder, name), decode: decodeSourceMemory, empty: () => emptySourceMemory('')}, this.#context))
			.filter(memory => memory.source !== '');
	}

	/** @throws `state-failed` */
	recordRun(source: string, run: SourceRun, head?: SeenSnapshot): void {
		updateState(this.#sourceFile(source), this.#context, memory => withRun(memory, run, head));
	}

	/** @param losses - All that is missing now. @throws `state-failed` */
	recordLosses(source: string, losses: readonly SeenSnapshot[]): void {
		updateState(this.#sourceFile(source), this.#context, memory => withLosses(memory, losses));
	}

	/** @throws `state-failed` */
	verifications(): Verifications {
		return readState(this.#verificationsFile(), this.#context);
	}

	/**
	Note that snapshots were verified and found intact.
	@param result.existing - Every snapshot there is; what is remembered of others is dropped.
	@param result.damaged - Snapshots that were found damaged: earlier good news of them is void.
	@throws `state-failed`
	*/
	recordVerification(result: {readonly intact: readonly SnapshotId[]; readonly damaged: readonly SnapshotId[]; readonly existing: readonly SnapshotId[]; readonly verification: Verification}): void {
		const file = this.#verificationsFile();
		const existing = new Set(result.existing);
		const known = new Map([...readState(file, this.#context), ...result.intact.map(id => [id, result.verification] as const)]);
		for (const id of result.damaged) {
			known.delete(id);
		}

		writeState(file.path, Object.fromEntries([...known].filter(([id]) => existing.has(id))), this.#context);
	}

	#sourceFile(source: string): StateFile<SourceMemory> {
		const name = createHash('sha256').update(source).digest('hex').slice(0, 16);
		return {path: path.join(this.#folder, `source-${name}.json`), decode: decodeSourceMemory, empty: () => emptySourceMemory(source)};
	}

	#verificationsFile(): StateFile<Verifications> {
		return {
			path: path.join(this.#folder, 'verifications.json'),
			empty: () => new Map(),
			decode: value => new Map(Object.entries(toRecord(value)).map(([id, entry]) => {
				const record = toRecord(entry);
				return [id as SnapshotId, {time: toTime(record['time']), data: toChoice(record['data'], verifiedShares)}];
			})),
		};
	}
}
