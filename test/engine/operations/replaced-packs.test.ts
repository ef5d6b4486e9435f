import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {SnapshotBrowser} from '../../../source/engine/operations/browse/snapshot-browser.ts';
import {restore} from '../../../source/engine/operations/restore/restore.ts';
import {verify} from '../../../source/engine/operations/verify/verify.ts';
import type {RepositorySession} from '../../../source/engine/repository/repository.ts';
import {readPackKinds} from '../../helpers/pack-kinds.ts';
import {interruptPackReads, replaceAllPacks, replacePack} from '../../helpers/replace-packs.ts';
import {createRepositoryFixture, createStorageOf, type RepositoryFixture} from '../../helpers/repository-fixture.ts';
import {findLosses} from '../../helpers/snapshot-losses.ts';
import {createFolder} from '../../helpers/source-folder.ts';
import {assertLosses, sessionOver} from '../../helpers/verify-assertions.ts';

type Operation = (session: RepositorySession) => Promise<unknown>;

/** What is done to the packs before a read: given the pack that is to be read, as whoever has the repository to himself. */
type Disturbance = (session: RepositorySession, object: string) => Promise<unknown>;

const replaceAll: Disturbance = async session => replaceAllPacks(session);
const replaceTrees: Disturbance = async session => replaceAllPacks(session, ({kind}) => kind === 'tree');
const replaceOne: Disturbance = async (session, object) => replacePack(session, object);
const replaceOthers: Disturbance = async (session, object) => replaceAllPacks(session, ({id}) => !object.endsWith(id));
const disturbances = [replaceOne, replaceAll, replaceTrees, replaceOthers];

/** Carry an operation out on a copy of the fixture. @param moments - Reads of packs, from 1, before which it is disturbed. @returns How many there were. */
async function disturb(fixture: RepositoryFixture, operation: Operation, isMoment: (read: number, object: string) => boolean, disturbance: Disturbance): Promise<number> {
	const inner = await createStorageOf(fixture.objects);
	const other = sessionOver(fixture, inner);
	const storage = interruptPackReads(inner, async (read, object) => isMoment(read, object) ? disturbance(other, object) : undefined);
	await operation(sessionOver(fixture, storage));
	return storage.packReads;
}

/** The operation on its own, then with each disturbance before many reads of a pack, and with every pack replaced when it is first read. */
async function disturbEverywhere(t: ExecutionContext, fixture: RepositoryFixture, operation: Operation): Promise<void> {
	const reads = await disturb(fixture, operation, () => false, replaceAll);
	t.true(reads > 5);
	let runs = 0;
	for (const [index, disturbance] of disturbances.entries()) {
		// Replacing what is read next costs little, and is tried at every moment.
		for (let moment = 1 + index; moment <= reads; moment += disturbance === replaceOne ? 1 : 4) {
			await disturb(fixture, operation, read => read === moment, disturbance);
			runs++;
		}
	}

	const chased = await disturb(fixture, operation, (_read, object) => fixture.objects.has(object), replaceOne);
	const restless = await disturb(fixture, operation, read => read % 4 === 0 && read <= reads * 2, replaceAll);
	t.log(`${reads} reads of packs; ${runs} runs disturbed at one of them; ${chased} reads with every pack replaced before its first read, ${restless} with all packs replaced before every fourth`);
}

function readFolder(folder: string): Map<string, string> {
	const entries = readdirSync(folder, {recursive: true, withFileTypes: true});
	return new Map(entries.filter(entry => entry.isFile()).map(entry => {
		const name = path.join(entry.parentPath, entry.name);
		return [path.relative(folder, name), readFileSync(name, 'base64')] as const;
	}).toSorted(([a], [b]) => Number(a > b) - Number(a < b)));
}

test('restore: packs are replaced at any moment, and every file comes back', async t => {
	const fixture = await createRepositoryFixture();
	for (const snapshot of fixture.snapshots.slice(2)) {
		const intact = createFolder(t);
		await restore(fixture.session, {snapshot, target: intact});
		const expected = readFolder(intact);
		t.true(expected.size > 3);
		await disturbEverywhere(t, fixture, async session => {
			const target = createFolder(t);
			t.like(await restore(session, {snapshot, target}), {restored: expected.size, failed: 0, problems: []});
			t.deepEqual(readFolder(target), expected);
		});
	}
});

test('verify, with all data: packs are replaced at any moment, and nothing is reported', async t => {
	const fixture = await createRepositoryFixture();
	const {checkedBytes} = await verify(fixture.session, {readData: 'all'});
	await disturbEverywhere(t, fixture, async session => {
		const summary = await verify(session, {readData: 'all'});
		t.deepEqual(summary.problems, []);
		t.true(summary.checkedBytes > checkedBytes * 0.9, `${summary.checkedBytes} of ${checkedBytes} bytes`);
	});
});

test('verify without data, and of one snapshot: packs are replaced at any moment', async t => {
	const fixture = await createRepositoryFixture();
	await disturbEverywhere(t, fixture, async session => {
		t.deepEqual((await verify(session, {})).problems, []);
		t.deepEqual((await verify(session, {snapshots: fixture.snapshots.slice(3), readData: 'all'})).problems, []);
	});
});

async function browseAll(session: RepositorySession): Promise<string> {
	const losses: unknown[] = [];
	const browser = await SnapshotBrowser.open(session, {onEvent(event) {
		losses.push(event);
	}});
	const found: string[] = [];
	for (const {id} of browser.snapshots) {
		for await (const entry of browser.list(id, {isRecursive: true})) {
			found.push(entry.path);
			if (entry.type === 'file') {
				for await (const piece of browser.read(id, entry.path)) {
					found.push(piece.toString('base64'));
				}
			}
		}
	}

	return JSON.stringify([found, await browser.search('*.sql'), losses, browser.losses]);
}

test('browsing, from listing to the last byte: packs are replaced at any moment, and nothing is missing', async t => {
	const fixture = await createRepositoryFixture();
	const expected = await browseAll(fixture.session);
	await disturbEverywhere(t, fixture, async session => {
		t.is(await browseAll(session), expected);
	});
});

test('a browser that stays open outlives every pack, and the key of each', async t => {
	const fixture = await createRepositoryFixture();
	const storage = await createStorageOf(fixture.objects);
	const session = sessionOver(fixture, storage);
	const browser = await SnapshotBrowser.open(session);
	const [snapshot] = browser.snapshots.slice(-1);
	for (let round = 0; round < 5; round++) {
		await replaceAllPacks(session);
		const pieces: Buffer[] = [];
		for await (const piece of browser.read(snapshot!.id, '/copy/dump.sql')) {
			pieces.push(Buffer.from(piece));
		}

		t.is(Buffer.concat(pieces).byteLength, 150_000);
		t.is((await browser.listFolder(snapshot!.id, '/etc')).length, 2);
	}

	t.is(browser.losses, 0);
});

test('a pack that really vanishes, while others are replaced, is named with every file that it hits', async t => {
	const fixture = await createRepositoryFixture();
	const kinds = await readPackKinds(fixture.session);
	let files = 0;
	for (const [lost, kind] of kinds) {
		for (const moment of [1, 4]) {
			const inner = await createStorageOf(fixture.objects);
			const other = sessionOver(fixture, inner);
			const storage = interruptPackReads(inner, async read => {
				if (read === moment) {
					await replaceAllPacks(other, ({id}) => !lost.endsWith(id));
					await inner.remove(lost);
				}
			});
			const session = sessionOver(fixture, storage);
			const summary = await verify(session, {readData: 'all'});
			const losses = await findLosses(other, false);
			if (kind === 'data' || moment === 1) {
				// Trees that were read before are known to nobody else than who read them.
				assertLosses(t, summary, losses, `${lost} before read ${moment}`);
			}

			t.deepEqual(summary.problems.map(({object}) => object), [lost]);
			files += losses.files.length;
			const snapshot = fixture.snapshots.at(-1)!;
			const {problems} = await restore(sessionOver(fixture, inner), {snapshot, target: createFolder(t)});
			t.deepEqual(problems.map(problem => problem.path).toSorted(), losses.snapshots.includes(snapshot.id) ? problems.map(problem => problem.path).toSorted() : []);
			t.is(problems.length > 0, losses.snapshots.includes(snapshot.id));
		}
	}

	t.log(`${kinds.size} packs lost, each at two moments; ${files} lost files named`);
});
