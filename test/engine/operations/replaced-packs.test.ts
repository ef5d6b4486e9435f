import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {SnapshotBrowser} from '../../../source/engine/operations/browse/snapshot-browser.ts';
import {restore} from '../../../source/engine/operations/restore/restore.ts';
import {verify} from '../../../source/engine/operations/verify/verify.ts';
import type {RepositorySession} from '../../../source/engine/repository/repository.ts';
import {disturbEverywhere} from '../../helpers/disturb-readers.ts';
import {readPackKinds} from '../../helpers/pack-kinds.ts';
import {interruptPackReads, replaceAllPacks} from '../../helpers/replace-packs.ts';
import {createRepositoryFixture, createStorageOf} from '../../helpers/repository-fixture.ts';
import {findLosses} from '../../helpers/snapshot-losses.ts';
import {createFolder} from '../../helpers/source-folder.ts';
import {assertLosses, sessionOver} from '../../helpers/verify-assertions.ts';

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
			t.is(problems.length > 0, losses.snapshots.includes(snapshot.id));
		}
	}

	t.log(`${kinds.size} packs lost, each at two moments; ${files} lost files named`);
});
