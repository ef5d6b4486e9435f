import {createHash} from 'node:crypto';
import {cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {prepareHost} from '../helpers/command-examples.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {describeFolder} from '../helpers/walk-folder.ts';

type Slot = Record<string, unknown> & {kdf: Record<string, unknown>};

const sorted = (value: unknown): unknown => {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		return value;
	}

	return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => a < b ? -1 : 1).map(([key, inner]) => [key, sorted(inner)]));
};

/** Put a changed key slot in the place of the real one, under the name that fits it, as somebody with the storage in hands could. */
function changeSlot(host: TestHost, change: (slot: Slot) => void): void {
	for (const folder of ['keys', 'keys-copy']) {
		const place = path.join(host.repository, folder);
		const [name] = readdirSync(place);
		const slot = JSON.parse(readFileSync(path.join(place, name!), 'utf8')) as Slot;
		change(slot);
		const bytes = JSON.stringify(sorted(slot));
		rmSync(path.join(place, name!));
		writeFileSync(path.join(place, `${name!.slice(0, 32)}-${createHash('sha256').update(bytes).digest('hex')}`), bytes);
	}
}

const slots: ReadonlyArray<readonly [title: string, change: (slot: Slot) => void, code: number]> = [
	...([0, 1, 999, 2 ** 31, 2 ** 53 - 1, -1] as const).map(iterations => [`${iterations} iterations`, (slot: Slot) => {
		slot.kdf['iterations'] = iterations;
	}, 13] as const),
	['iterations as a fraction', slot => {
		slot.kdf['iterations'] = 1.5;
	}, 13],
	['another key derivation', slot => {
		slot.kdf['name'] = 'PBKDF2-HMAC-SHA-1';
	}, 13],
	['no key derivation', slot => {
		slot.kdf['name'] = 'none';
	}, 13],
	['another format', slot => {
		slot['format'] = 99;
	}, 13],
	['a short salt', slot => {
		slot.kdf['salt'] = '';
	}, 13],
	['no factors', slot => {
		slot['factors'] = [];
	}, 13],
	['a field more', slot => {
		slot['cipher'] = 'none';
	}, 13],
	['another repository\'s id', slot => {
		slot['repository'] = '0'.repeat(32);
	}, 13],
];

const calls: ReadonlyArray<readonly string[]> = [['snapshots'], ['backup'], ['verify'], ['restore', 'latest', '--target', './out']];

for (const [title, change, code] of slots) {
	test(`key slots exchanged for ones with ${title}: refused at once, nothing written`, async t => {
		const host = new TestHost(t);
		await prepareHost(host);
		changeSlot(host, change);
		const before = describeFolder(host.repository);
		for (const argv of calls) {
			const startMs = performance.now();
			const outcome = await host.runHere(argv);
			const durationMs = performance.now() - startMs;
			t.is(outcome.code, code, `${argv.join(' ')}: ${outcome.stderr}`);
			t.regex(outcome.stderr, /^coffer: [^\n]+\n$/);
			// 2³¹ iterations would take minutes.
			t.true(durationMs < 20_000, `${durationMs} ms`);
		}

		t.deepEqual(describeFolder(host.repository), before);
		t.log(`${calls.length} commands refused`);
	});
}

test('a repository of a format to come, or with the format downgraded: refused untouched', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const file = path.join(host.repository, 'repository.json');
	const facts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
	const {sha256: _, ...rest} = facts;
	for (const [format, code] of [[2, 1], [0, 1], [-1, 13], ['1', 13]] as const) {
		const value = {...rest, format};
		writeFileSync(file, JSON.stringify(sorted({...value, sha256: createHash('sha256').update(JSON.stringify(sorted(value))).digest('hex')})));
		const before = describeFolder(host.repository);
		const outcome = await host.runHere(['snapshots']);
		t.is(outcome.code, code, `${String(format)}: ${outcome.stderr}`);
		t.deepEqual(describeFolder(host.repository), before);
	}
});

test('the whole repository exchanged: the key does not fit; with the other key, a host that knows better says so', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	await host.runHere(['init', '--repository', './other', '--key-file', './other.key']);
	renameSync(host.repository, host.path('mine'));
	cpSync(host.path('other'), host.repository, {recursive: true});
	for (const argv of calls) {
		const {code, stderr} = await host.runHere(argv);
		t.is(code, 12, argv.join(' '));
		t.regex(stderr, /^coffer: This key does not open the repository at [^\n]+\n$/);
	}

	const exchanged = await host.runHere(['snapshots', '--key-file', './other.key']);
	t.is(exchanged.code, 0);
	t.regex(exchanged.stderr, /was exchanged/);
	// Its own key slots in front of foreign objects, and its own objects behind foreign slots.
	for (const folder of ['keys', 'keys-copy']) {
		rmSync(path.join(host.repository, folder), {recursive: true});
		cpSync(host.path('mine', folder), path.join(host.repository, folder), {recursive: true});
	}

	const mixed = await host.runHere(['snapshots']);
	t.is(mixed.code, 13);
	t.regex(mixed.stderr, /files of two repositories were mixed/);
});

test('put back to an older state: noticed by every command on a host that knows better, not on one that does not', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	cpSync(host.repository, host.path('older'), {recursive: true});
	writeFileSync(host.path('data/file'), 'changed');
	await host.runHere(['backup']);
	rmSync(host.repository, {recursive: true});
	renameSync(host.path('older'), host.repository);
	const noticing: ReadonlyArray<readonly string[]> = [['snapshots'], ['status'], ['verify'], ['restore', 'latest', '--target', './out'], ['backup']];
	for (const argv of noticing) {
		const {stderr} = await host.runHere(argv);
		t.regex(stderr, /gone without having been forgotten: it was removed, or the storage was put back to an older state/, argv.join(' '));
	}

	const stranger = await host.runHere(['snapshots'], {environment: {...host.environment, COFFER_STATE_DIRECTORY: host.path('new-state')}});
	t.deepEqual([stranger.code, stranger.stderr], [0, '']);
	t.log(`${noticing.length} commands`);
});
