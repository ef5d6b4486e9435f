import {hash} from 'node:crypto';
import {CofferError, errorText, isCofferError} from '../errors.ts';
import {releaseMemory} from '../release-memory.ts';
import type {JsonValue} from './canonical-json.ts';
import {unlessRemoved} from './unless-removed.ts';
import {memoryCorrupted} from './memory-corrupted.ts';
import {decodeMetadata, encodeMetadata, maximumMetadataBytes, type DecodedMetadata, type MetadataType} from './metadata-object.ts';
import {RepositorySession} from './session.ts';

/** Something found wrong with one object. */
export type ObjectProblem = {
	readonly object: string;
	readonly message: string;
};

const readsAtOnce = 8;

const hashedName = (folder: string, bytes: Uint8Array): string => `${folder}/${hash('sha256', bytes, 'hex')}`;

/** Read and check one metadata object. @throws `damaged`, `format-unsupported`, `object-missing`, what the storage throws */
export async function readMetadata(session: RepositorySession, type: MetadataType, name: string, signal?: AbortSignal): Promise<DecodedMetadata> {
	const bytes = await session.storage.read(name, {maximumBytes: maximumMetadataBytes[type], ...(signal && {signal})});
	return unlessRemoved(session.storage, name, () => {
		if (type === 'index' && name !== hashedName('index', bytes)) {
			throw new CofferError('damaged', `${name} does not have the content that its name says: it was damaged or exchanged.`, {context: {object: name}});
		}

		return decodeMetadata(bytes, type, name, session.slot, session.runtime);
	});
}

/** Encode one, and read it again before it is stored: a bit that flipped in memory must not become an index or a snapshot. */
function encodeChecked(session: RepositorySession, type: MetadataType, body: JsonValue): Buffer {
	const bytes = encodeMetadata(type, body, session.slot, session.runtime);
	try {
		releaseMemory(decodeMetadata(bytes, type, 'the new object', session.slot, session.runtime).bodyBytes);
	} catch (error) {
		throw isCofferError(error, 'damaged') ? memoryCorrupted(`The new ${type} object`, error) : error;
	}

	return bytes;
}

/** Write one under a name that is known before. @throws `memory-corrupted`; what the storage throws */
export async function writeMetadata(session: RepositorySession, type: MetadataType, name: string, body: JsonValue): Promise<number> {
	const bytes = encodeChecked(session, type, body);
	await session.storage.write(name, bytes);
	return bytes.byteLength;
}

/** Write one that is named by the SHA-256 of its bytes. @throws `memory-corrupted`; what the storage throws */
export async function writeHashedMetadata(session: RepositorySession, type: MetadataType, folder: string, body: JsonValue): Promise<{name: string; sizeBytes: number}> {
	const bytes = encodeChecked(session, type, body);
	const name = hashedName(folder, bytes);
	await session.storage.write(name, bytes);
	const sizeBytes = bytes.byteLength;
	releaseMemory(bytes);
	return {name, sizeBytes};
}

type DecodeMetadata<Value> = (metadata: DecodedMetadata, name: string, sizeBytes: number) => Value;

type MetadataListing<Value> = {
	readonly values: Value[];
	readonly problems: ObjectProblem[];
	readonly hasVanished: boolean;
	/** Of all objects in the listing, be they read or not. */
	readonly names: readonly string[];
	/** What they were read with: the one given, or one of its own with newer keys. */
	readonly session: RepositorySession;
};

/** An object bears an epoch or a signer that the keyring does not know: a rotation, or another change of the keys, may have come in between. */
const isUnknownKey = (error: unknown): boolean => isCofferError(error, 'damaged') && error.context['isUnknownKey'] === true;

/**
A session of its own with the keys as they are now. The one given is left as it is: a run that writes has to notice by itself that they changed.
@throws `key-wrong` where its slot is gone; what the storage throws
*/
async function openAnew({storage, runtime, memory}: RepositorySession): Promise<RepositorySession> {
	const session = new RepositorySession(storage, runtime, memory);
	try {
		await session.refresh();
	} catch (error) {
		if (isCofferError(error, 'key-wrong')) {
			throw new CofferError('key-wrong', 'The key that this run opened the repository with was replaced or removed meanwhile, and what it needs now is encrypted under newer ones. Start it again with the new key.', {cause: error});
		}

		if (!isCofferError(error, 'damaged', 'format-unsupported')) {
			throw error;
		}
	}

	return session;
}

/**
Read all metadata objects of a folder, several at once. What is damaged goes to `problems`; what vanishes between listing and reading was removed by somebody else and is left out.
Where an object is under keys that the session does not know, those that are there now are tried, too.
@param decode - May throw `damaged`.
@param options.known - What is known already, by name: those are listed, and not read. @default none
@throws `aborted`; `key-wrong` where the session's slot was removed and the newer keys are needed; what the storage throws
*/
export async function readAllMetadata<Value>(
	session: RepositorySession,
	type: MetadataType,
	folder: string,
	decode: DecodeMetadata<Value>,
	{signal, known}: {readonly signal?: AbortSignal | undefined; readonly known?: ReadonlyMap<string, Value>} = {},
): Promise<MetadataListing<Value>> {
	const objects = await session.storage.list(folder, signal);
	const values: Array<Value | undefined> = Array.from({length: objects.length});
	const problems: ObjectProblem[] = [];
	let hasVanished = false;
	let next = 0;
	let opening: Promise<RepositorySession> | undefined;
	let current = session;
	const read = async (name: string): Promise<DecodedMetadata> => {
		try {
			return await readMetadata(current, type, name, signal);
		} catch (error) {
			if (!isUnknownKey(error)) {
				throw error;
			}

			opening ??= openAnew(session);
			current = await opening;
			return readMetadata(current, type, name, signal);
		}
	};

	const work = async () => {
		while (next < objects.length) {
			const index = next++;
			const {name, sizeBytes} = objects[index]!;
			try {
				values[index] = known?.get(name) ?? decode(await read(name), name, sizeBytes);
			} catch (error) {
				if (isCofferError(error, 'damaged', 'format-unsupported')) {
					problems.push({object: name, message: errorText(error)});
				} else if (isCofferError(error, 'object-missing')) {
					hasVanished = true;
				} else {
					next = objects.length;
					throw error;
				}
			}
		}
	};

	await Promise.all(Array.from({length: Math.min(readsAtOnce, objects.length)}, work));
	return {values: values.filter(value => value !== undefined), problems, hasVanished, names: objects.map(({name}) => name), session: current};
}

/** @throws `damaged` naming the first problem, when there are any */
export function assertNoProblems(problems: readonly ObjectProblem[]): void {
	const [first] = problems;
	if (first) {
		throw new CofferError('damaged', problems.length === 1 ? first.message : `${first.message} (and ${problems.length - 1} more; "coffer verify" names them all)`, {context: {object: first.object}});
	}
}
