import {CofferError} from '../../errors.ts';
import type {DataKeyId, EpochId} from '../../ids.ts';
import {
	activeEpoch,
	assertNoProblems,
	dataKeyName,
	decodeIndex,
	decodeSnapshot,
	decodeTombstone,
	listObjectsByEpoch,
	openDataKey,
	readAllMetadata,
	RepositorySession,
	retiringEpochs,
	type ObjectProblem,
} from '../../repository/repository.ts';

/** The same repository, as somebody sees it who knows only these epochs. */
function withEpochs({storage, runtime, slot}: RepositorySession, epochs: ReadonlySet<EpochId>): RepositorySession {
	const keyring = {...slot.keyring, epochs: slot.keyring.epochs.filter(({id}) => epochs.has(id))};
	return new RepositorySession(storage, runtime, {slot: {...slot, keyring}, fileName: ''});
}

/** Epochs that a rotation keeps for as long as packs are written anew. */
function keptEpochs({keyring}: RepositorySession): ReadonlySet<EpochId> {
	return new Set([activeEpoch(keyring), ...retiringEpochs(keyring).filter(({isReencrypted}) => isReencrypted)].map(({id}) => id));
}

/** Every object that is read opens with these epochs alone. @throws `damaged`, naming the first that does not; `aborted`; what the storage throws */
async function assertOpens(session: RepositorySession, signal: AbortSignal | undefined): Promise<void> {
	const problems: ObjectProblem[] = [];
	const index = await readAllMetadata(session, 'index', 'index', ({body}, name) => ({name, dataKeys: decodeIndex(body, name).dataKeys}), {signal});
	const snapshots = await readAllMetadata(session, 'snapshot', 'snapshots', ({body}, name) => decodeSnapshot(body, name), {signal});
	const tombstones = await readAllMetadata(session, 'tombstone', 'tombstones', ({body}, name) => decodeTombstone(body, name), {signal});
	problems.push(...index.problems, ...snapshots.problems, ...tombstones.problems);
	assertNoProblems(problems);
	const {keyring, runtime, storage} = session;
	const opened = new Map<DataKeyId, Buffer>();
	for (const {name, dataKeys} of index.values) {
		for (const {id, sealed} of dataKeys) {
			const {key} = openDataKey(sealed, id, keyring, runtime, `The copy of ${dataKeyName(id)} in ${name}`);
			opened.set(id, key);
		}
	}

	for (const {name} of await storage.list('datakeys', signal)) {
		const id = name.slice('datakeys/'.length) as DataKeyId;
		const {key} = openDataKey(await storage.read(name), id, keyring, runtime);
		if (opened.get(id)?.equals(key) === false) {
			throw new CofferError('damaged', `${name} is another data key than the index carries under its name: it was exchanged. Run "coffer verify".`, {context: {object: name}});
		}
	}
}

/**
What still lies under epochs that are to go, by name. A run that is writing counts, with its record.
@throws what the storage throws; `aborted`
*/
export async function findUnderOldEpochs(session: RepositorySession, signal?: AbortSignal): Promise<string[]> {
	const {keyring} = session;
	const reencrypted = new Set(retiringEpochs(keyring).filter(({isReencrypted}) => isReencrypted).map(({id}) => id));
	const active = activeEpoch(keyring).id;
	const names = await listObjectsByEpoch(session, signal);
	return [...names].flatMap(([epoch, under]) => epoch === active ? [] : under.filter(name => !reencrypted.has(epoch) || !name.startsWith('datakeys/')));
}

/**
Prove that the retiring epochs are needed no more, except for data keys whose packs are still to be written anew: no object names them, and all metadata and data keys open without them.
@throws `damaged` naming an object that needs an old epoch, or does not open at all; `aborted`; what the storage throws
*/
export async function proveEpochsUnneeded(session: RepositorySession, signal?: AbortSignal): Promise<void> {
	await assertOpens(withEpochs(session, keptEpochs(session)), signal);
	const [left] = await findUnderOldEpochs(session, signal);
	if (left !== undefined) {
		throw new CofferError('damaged', `${left} still lies under an old epoch, so that stays. Run "coffer key rotate" again; if that does not help, "coffer verify" tells what is wrong with it.`, {context: {object: left}});
	}
}
