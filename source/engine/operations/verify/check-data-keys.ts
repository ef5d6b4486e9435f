import type {Buffer} from 'node:buffer';
import {errorText, isCofferError} from '../../errors.ts';
import type {DataKeyId} from '../../ids.ts';
import {dataKeyName, decodeHeader, openDataKey, type RepositorySession} from '../../repository/repository.ts';
import type {Findings} from './problem.ts';

/** The sealed copies of each data key in the index objects: several where a rotation came in between. */
export type DataKeyCopies = ReadonlyMap<DataKeyId, readonly Buffer[]>;

const copyAdvice = 'Nothing is lost, as the index carries a copy of it. Put it back from a copy of the repository.';

/** The key of a sealed copy; for a role that cannot open it, only its header is checked. @throws `damaged`, `format-unsupported` */
function open(sealed: Buffer, id: DataKeyId, what: string, {keyring, runtime}: RepositorySession): Buffer | undefined {
	if (keyring.epochs.some(epoch => epoch.privateKey)) {
		return openDataKey(sealed, id, keyring, runtime, what).key;
	}

	decodeHeader(sealed, 'dataKey', what);
	return undefined;
}

/** What is wrong with a file under datakeys/, or `undefined`. */
function findFlaw(sealed: Buffer, id: DataKeyId, copies: readonly Buffer[], session: RepositorySession): string | undefined {
	const name = dataKeyName(id);
	try {
		const key = open(sealed, id, name, session);
		if (key === undefined) {
			const isKnown = copies.length === 0 || copies.some(copy => copy.equals(sealed) || !copy.subarray(16, 32).equals(sealed.subarray(16, 32)));
			return isKnown ? undefined : `${name} is not the data key of which the index carries a copy: it was damaged or exchanged.`;
		}

		return copies.every(copy => open(copy, id, `The copy of ${name} in the index`, session)?.equals(key)) ? undefined : `${name} is another data key than the index carries under its name.`;
	} catch (error) {
		if (isCofferError(error, 'damaged', 'format-unsupported')) {
			return errorText(error);
		}

		throw error;
	}
}

/**
Every data key: intact, and the same as its copy in the index.
@param names - Of all objects under datakeys/.
@param needed - The data keys of all packs that are known.
@param isNeeded - Asked for one that is missing: whether packs still need it, as it goes with the last of them.
@throws What the storage throws
*/
export async function checkDataKeys(
	session: RepositorySession,
	names: readonly string[],
	{copies, needed, isNeeded}: {readonly copies: DataKeyCopies; readonly needed: ReadonlySet<DataKeyId>; readonly isNeeded: (id: DataKeyId) => Promise<boolean>},
	findings: Findings,
): Promise<void> {
	const found = new Set<DataKeyId>();
	let unused = 0;
	for (const name of names) {
		const id = /^datakeys\/(?<id>[\da-f]{32})$/.exec(name)?.groups?.['id'] as DataKeyId | undefined;
		if (id === undefined) {
			findings.add('data-key', name, `${name} is not the name of a data key.`, 'Delete it if nobody needs it.');
			continue;
		}

		found.add(id);
		try {
			const own = copies.get(id) ?? [];
			const flaw = findFlaw(await session.storage.read(name), id, own, session);
			if (flaw !== undefined && await session.storage.size(name) !== undefined) {
				findings.add('data-key', name, flaw, own.length > 0 ? copyAdvice : undefined);
			} else if (flaw === undefined && !needed.has(id)) {
				unused++;
			}
		} catch (error) {
			if (isCofferError(error, 'damaged')) {
				findings.add('data-key', name, errorText(error));
			} else if (!isCofferError(error, 'object-missing')) {
				throw error;
			}
		}
	}

	for (const id of new Set([...copies.keys(), ...needed])) {
		if (!found.has(id) && await isNeeded(id)) {
			findings.add('data-key', dataKeyName(id), `${dataKeyName(id)} is missing.`, copies.has(id) ? copyAdvice : undefined);
		}
	}

	if (unused > 0) {
		findings.note(`Data keys that no pack is known to use: ${unused}. They belong to runs that were interrupted or are still writing.`);
	}
}
