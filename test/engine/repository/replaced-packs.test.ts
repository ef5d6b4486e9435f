import test, {type ExecutionContext} from 'ava';
import type {BlobId} from '../../../source/engine/ids.ts';
import {createBlobReader, createJobBlobReader, createReadingInit} from '../../../source/engine/operations/reading.ts';
import {LoadedIndex} from '../../../source/engine/repository/loaded-index.ts';
import type {RepositorySession} from '../../../source/engine/repository/session.ts';
import {listSnapshots} from '../../../source/engine/repository/snapshot-store.ts';
import type {Storage} from '../../../source/engine/storage/storage.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createFaultyStorage} from '../../helpers/faulty-storage.ts';
import {interruptCalls, replaceAllPacks} from '../../helpers/replace-packs.ts';
import {createRepositoryFixture, createStorageOf, type RepositoryFixture} from '../../helpers/repository-fixture.ts';
import {rotateByHand} from '../../helpers/rotate-by-hand.ts';
import {listNames} from '../../helpers/storage-assertions.ts';
import {sessionOver} from '../../helpers/verify-assertions.ts';

async function allBlobs(session: RepositorySession): Promise<BlobId[]> {
	const ids = new Set<BlobId>();
	await LoadedIndex.load(session, {onContent({packs}) {
		for (const bytes of packs.flatMap(({segments}) => segments.map(segment => Buffer.from(segment.ids)))) {
			for (let at = 0; at < bytes.byteLength; at += 32) {
				ids.add(bytes.toString('hex', at, at + 32) as BlobId);
			}
		}
	}});
	return [...ids];
}

async function copy(fixture: RepositoryFixture): Promise<{storage: Storage; session: RepositorySession}> {
	const storage = await createStorageOf(fixture.objects);
	return {storage, session: sessionOver(fixture, storage)};
}

test('the index is loaded while packs are replaced, at any call of the storage: no problem, nothing unknown', async t => {
	const fixture = await createRepositoryFixture();
	const ids = await allBlobs(fixture.session);
	const undisturbed = createFaultyStorage(await createStorageOf(fixture.objects));
	await LoadedIndex.load(sessionOver(fixture, undisturbed));
	for (let moment = 1; moment <= undisturbed.calls.length; moment++) {
		const {storage, session} = await copy(fixture);
		const index = await LoadedIndex.load(sessionOver(fixture, interruptCalls(storage, async call => call === moment ? replaceAllPacks(session) : undefined)));
		t.deepEqual(index.problems, []);
		const reader = createBlobReader(session, index);
		for (const id of ids) {
			await reader.read(id);
		}
	}

	t.log(`${ids.length} blobs read after each of ${undisturbed.calls.length} moments`);
});

test('of what is truly lost, a pack is looked for once, however many of its blobs are wanted', async t => {
	const fixture = await createRepositoryFixture();
	const {storage} = await copy(fixture);
	const counted = createFaultyStorage(storage);
	const session = sessionOver(fixture, counted);
	const index = await LoadedIndex.load(session);
	const packs = await listNames(storage, 'packs');
	for (const name of packs) {
		await storage.remove(name);
	}

	const ids = await allBlobs(fixture.session);
	const before = counted.calls.length;
	const reader = createBlobReader(session, index);
	for (const id of ids) {
		const error = await refusesAsync(t, async () => reader.read(id), 'damaged', /no object packs/);
		t.true(packs.includes(String(error.context['object'])));
	}

	const listings = counted.calls.slice(before).filter(({call}) => call === 'list');
	t.true(listings.length <= index.packs.length);
	t.is(counted.calls.slice(before).filter(({name}) => name.startsWith('index/')).length, 0);
	t.log(`${ids.length} lost blobs in ${index.packs.length} packs: ${listings.length} listings`);
});

test('reads at once, of packs that are replaced one after the other', async t => {
	const fixture = await createRepositoryFixture();
	const {session} = await copy(fixture);
	const ids = await allBlobs(session);
	const reader = createBlobReader(session, await LoadedIndex.load(session), 0);
	for (let round = 0; round < 4; round++) {
		const replacing = replaceAllPacks(session);
		const reads = await Promise.all(ids.map(async id => reader.read(id)));
		t.is(reads.length, ids.length);
		await replacing;
	}
});

/** Reads every blob with readers of the main thread and of a job that were opened before something happened, then lists and loads anew with the same session. */
async function readAcross(t: ExecutionContext, fixture: RepositoryFixture, happen: (session: RepositorySession) => Promise<unknown>): Promise<void> {
	const {storage, session} = await copy(fixture);
	const ids = await allBlobs(session);
	const {keyring} = session;
	const index = await LoadedIndex.load(session);
	const here = createBlobReader(session, index, 0);
	// As it arrives in a worker thread.
	const there = createJobBlobReader(structuredClone(createReadingInit(session, index)), {storage, runtime: session.runtime}, {cacheBytes: 0});
	await happen(session);
	for (const id of ids) {
		t.true((await here.read(id)).equals(await there.read(id)));
	}

	t.deepEqual((await LoadedIndex.load(session)).problems, []);
	const {snapshots, problems} = await listSnapshots(session);
	t.deepEqual(problems, []);
	t.is(snapshots.length, fixture.snapshots.length);
	t.is(session.keyring, keyring, 'a run that writes has to notice by itself that keys changed');
	t.log(`${ids.length} blobs read twice`);
}

test('a rotation in between: what is under the new epoch is read with the keys that are there now', async t => {
	await readAcross(t, await createRepositoryFixture(), async session => rotateByHand(session));
});

test('a rotation and a re-encryption in between', async t => {
	await readAcross(t, await createRepositoryFixture(), async session => replaceAllPacks(await rotateByHand(session)));
});

test('two rotations, packs replaced after each', async t => {
	await readAcross(t, await createRepositoryFixture(), async session => {
		const once = await rotateByHand(session);
		await replaceAllPacks(once, ({kind}) => kind === 'data');
		await replaceAllPacks(await rotateByHand(once));
	});
});

test('a slot that was replaced meanwhile: what is at hand is read; for the rest the error says to start again with the new key, and calls nothing damaged', async t => {
	const fixture = await createRepositoryFixture();
	const {session} = await copy(fixture);
	const ids = await allBlobs(session);
	const index = await LoadedIndex.load(session);
	const reader = createBlobReader(session, index, 0);
	const rotated = await rotateByHand(session, {hasNewSlot: true});
	for (const id of ids) {
		await reader.read(id);
	}

	await replaceAllPacks(rotated, ({kind}) => kind === 'data');
	let read = 0;
	let refused = 0;
	for (const id of ids) {
		const {kind} = index.packs[reader.locate(id)!.pack]!;
		if (kind === 'tree') {
			await reader.read(id);
			read++;
		} else {
			await refusesAsync(t, async () => reader.read(id), 'key-wrong', /again with the new key/);
			refused++;
		}
	}

	await refusesAsync(t, async () => LoadedIndex.load(session), 'key-wrong', /again with the new key/);
	await refusesAsync(t, async () => listSnapshots(session), 'key-wrong', /again with the new key/);
	t.true(read > 0 && refused > 0);
	t.log(`${read} blobs read, ${refused} refused`);
});
