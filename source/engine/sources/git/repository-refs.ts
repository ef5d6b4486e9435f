import {readlinkSync} from 'node:fs';
import {joinPath, toDisplayText, toPath, type ByteString} from '../../byte-string.ts';
import {CofferError, errorText} from '../../errors.ts';
import {parsePackedRefs, parseRefFile, type RefValue} from './ref-files.ts';
import {isRefName} from './ref-name.ts';
import {type HeldFolder} from './held-folder.ts';

/** All refs of a repository at one time. */
export type RepositoryRefs = {
	/** Objects by the full names of refs. */
	readonly ids: ReadonlyMap<ByteString, string>;
	/** Refs that stand on other refs, which need not exist. */
	readonly symbolic: ReadonlyMap<ByteString, ByteString>;
	readonly head: RefValue;
	/** Of refs/stash: all but its newest entry exist only there. */
	readonly stashLog: Buffer | undefined;
	/** Files below refs/ whose names git passes over. */
	readonly ignored: readonly ByteString[];
};

const maximumAttempts = 5;
const maximumLinks = 5;

class RefReader {
	readonly ids = new Map<ByteString, string>();
	readonly symbolic = new Map<ByteString, ByteString>();
	readonly ignored: ByteString[] = [];
	readonly #hexLength: number;

	constructor(hexLength: number) {
		this.#hexLength = hexLength;
	}

	/** @param name - Of the folder, from the repository. */
	readFolder(folder: HeldFolder, name: ByteString): void {
		for (const entry of folder.names()) {
			const ref = joinPath(name, entry);
			const stats = folder.look(entry);
			if (stats?.isDirectory()) {
				this.#readInner(folder, entry, ref);
			} else if (isRefName(ref)) {
				this.#keep(ref, readValue(folder, entry, ref, this.#hexLength));
			} else if (stats !== undefined && !entry.endsWith('.lock')) {
				this.ignored.push(ref);
			}
		}
	}

	#readInner(folder: HeldFolder, entry: ByteString, ref: ByteString): void {
		const inner = folder.find(entry);
		try {
			if (inner) {
				this.readFolder(inner, ref);
			}
		} finally {
			inner?.close();
		}
	}

	#keep(ref: ByteString, value: RefValue | undefined): void {
		if (value && 'id' in value) {
			this.ids.set(ref, value.id);
		} else if (value) {
			this.symbolic.set(ref, value.target);
		}
	}
}

/** @returns `undefined` where it has gone meanwhile. @throws Error */
function readValue(folder: HeldFolder, entry: string, ref: string, hexLength: number): RefValue | undefined {
	const stats = folder.look(entry);
	if (stats?.isSymbolicLink()) {
		// What symbolic refs were before there was "ref:".
		const target = readlinkSync(toPath(folder.systemPath(entry as ByteString)), 'latin1') as ByteString;
		if (!isRefName(target)) {
			throw new Error(`${ref} is a symbolic link that leads elsewhere`);
		}

		return {target};
	}

	const content = folder.read(entry);
	if (content === undefined) {
		return undefined;
	}

	const value = parseRefFile(content.toString('latin1'), hexLength);
	if (value === undefined) {
		throw new Error(`the ref ${toDisplayText(ref as ByteString)} is broken: its file holds neither the name of an object nor that of a ref`);
	}

	return value;
}

function readOnce(repository: HeldFolder, hexLength: number): RepositoryRefs {
	const reader = new RefReader(hexLength);
	const stashLog = repository.readBelow(['logs', 'refs'], 'stash');
	// Who packs refs writes the packed ones first and removes the files then: in the other order one that moves is never missed.
	const folder = repository.enter('refs' as ByteString);
	try {
		reader.readFolder(folder, 'refs' as ByteString);
	} finally {
		folder.close();
	}

	const packed = parsePackedRefs(repository.read('packed-refs')?.toString('latin1') ?? '', hexLength);
	const head = readValue(repository, 'HEAD', 'HEAD', hexLength);
	if (head === undefined) {
		throw new Error('it has no HEAD');
	}

	const ids = new Map([...packed, ...reader.ids]);
	for (const name of reader.symbolic.keys()) {
		ids.delete(name);
	}

	return {ids: new Map([...ids].sort(([a], [b]) => (a < b ? -1 : 1))), symbolic: reader.symbolic, head, stashLog, ignored: reader.ignored};
}

const describe = ({ids, symbolic, head, stashLog}: RepositoryRefs): string => JSON.stringify([[...ids], [...symbolic], head, stashLog?.toString('latin1')]);

/**
Read all refs, again until nobody has changed any meanwhile, so that refs which a push moves together are seen together; where that never comes, as they were read last.
@throws `source-failed` where a ref cannot be read
*/
export function readRefs(repository: HeldFolder, hexLength: number, named: string): RepositoryRefs {
	try {
		let refs = readOnce(repository, hexLength);
		for (let attempt = 1; attempt < maximumAttempts; attempt++) {
			const again = readOnce(repository, hexLength);
			const isStable = describe(again) === describe(refs);
			refs = again;
			if (isStable) {
				break;
			}
		}

		return refs;
	} catch (error) {
		throw new CofferError('source-failed', `The refs of the repository ${named} cannot be read: ${errorText(error)}. "git fsck" and "git for-each-ref" there show more.`, {context: {path: named}, cause: error});
	}
}

/** The object that a ref or HEAD stands on in the end; `undefined` where that does not exist (yet). */
export function resolveRef(value: RefValue, {ids, symbolic}: Pick<RepositoryRefs, 'ids' | 'symbolic'>): string | undefined {
	let current = value;
	for (let count = 0; count <= maximumLinks; count++) {
		if ('id' in current) {
			return current.id;
		}

		const id = ids.get(current.target);
		const target = symbolic.get(current.target);
		if (id !== undefined) {
			return id;
		}

		if (target === undefined) {
			return undefined;
		}

		current = {target};
	}

	return undefined;
}
