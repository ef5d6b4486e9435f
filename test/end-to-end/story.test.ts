import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {chmodSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {optionalTest} from '../helpers/optional-test.ts';
import {entry, TestHost} from '../helpers/run-coffer.ts';

/** Everything that `find` sees of a tree, by a program that is not ours; the content by sha256sum. */
function describe(folder: string): string[] {
	const find = spawnSync('find', ['.', '-printf', String.raw`%y %m %U:%G %s %T@ %n %l %P\0`], {cwd: folder, encoding: 'utf8'});
	// Sizes of directories are the file system's own business.
	const entries = find.stdout.split('\0').map(line => line.startsWith('d ') ? line.replace(/^(d \S+ \S+) \d+/, '$1') : line);
	// To the microsecond.
	const rounded = entries.map(line => line.replace(/(\.\d{6})\d+/, '$1'));
	const sums = spawnSync('sh', ['-c', 'find . -type f -print0 | sort -z | xargs -0 sha256sum'], {cwd: folder, encoding: 'utf8'});
	return [...rounded.sort(), sums.stdout];
}

function makeTree(folder: string): void {
	mkdirSync(path.join(folder, 'deep/er'), {recursive: true});
	for (let number = 0; number < 60; number++) {
		writeFileSync(path.join(folder, 'deep', `file ${number}`), `content ${number}\n`.repeat(number * 20));
	}

	writeFileSync(path.join(folder, 'big'), Buffer.alloc(3_000_000, 'abcdefg'));
	writeFileSync(path.join(folder, 'empty'), '');
	writeFileSync(path.join(folder, 'line\nbreak \u001B[31m ü'), 'odd');
	chmodSync(path.join(folder, 'empty'), 0o640);
	linkSync(path.join(folder, 'big'), path.join(folder, 'deep/hard'));
	symlinkSync('../big', path.join(folder, 'deep/soft'));
	utimesSync(path.join(folder, 'empty'), 1_000_000_000.125, 1_000_000_000.125);
	chmodSync(path.join(folder, 'deep/er'), 0o711);
}

test('a story: init, back up, change, back up again, list, verify, restore, compare', t => {
	const host = new TestHost(t);
	const source = host.path('data');
	makeTree(source);
	t.is(host.run(['init']).code, 0);

	const dry = host.run(['backup', source, '--dry-run', '--json']);
	t.is(dry.code, 0, dry.stderr);
	t.deepEqual(dry.json().at(-1)!['snapshots'], []);
	t.deepEqual(host.run(['snapshots', '--json']).json(), [[]] as never);

	const first = host.run(['backup', source, '--json', '--tag', 'one', '--class', 'weekly']);
	t.is(first.code, 0, first.stderr);
	const summary = first.json().at(-1)!;
	t.is(summary['event'], 'summary');
	t.is((summary['snapshots'] as unknown[]).length, 1);
	t.true(first.json().some(({event}) => event === 'progress'));
	for (const field of ['files', 'bytes', 'addedBytes', 'storedBytes', 'durationMs']) {
		t.is(typeof summary[field], 'number', field);
	}

	const before = describe(source);
	rmSync(path.join(source, 'deep/file 3'));
	writeFileSync(path.join(source, 'deep/new'), 'new');
	truncateSync(path.join(source, 'big'), 2_000_000);
	const second = host.run(['backup', source]);
	t.is(second.code, 0, second.stderr);
	t.regex(second.stdout, /^\S+data: snapshot [\da-f]{8}, /);
	const after = describe(source);

	const listed = host.run(['snapshots', '--json']);
	t.is(listed.stdout.split('\n').length, 2);
	const [older, newer] = listed.json()[0] as unknown as Array<Record<string, unknown>>;
	t.like(older!, {id: (summary['snapshots'] as Array<{id: string}>)[0]!.id, source, kind: 'files', class: 'weekly', tags: ['one'], verifiedAt: null});
	t.deepEqual(['id', 'time', 'source', 'kind', 'class', 'host', 'user', 'tags', 'files', 'bytes', 'addedBytes', 'storedBytes', 'durationMs', 'keyEpoch', 'verifiedAt'].filter(field => !Object.hasOwn(newer!, field)), []);
	t.regex(host.run(['snapshots']).stdout, /^ID +TAKEN/);
	t.deepEqual(host.run(['snapshots', '--json', '--source', 'other']).json(), [[]] as never);

	const structure = host.run(['verify', '--json']);
	t.is(structure.code, 0, structure.stderr);
	t.like(structure.json().at(-1)!, {event: 'summary', problems: []});
	const verified = host.run(['verify', '--read-data']);
	t.is(verified.code, 0, verified.stderr);
	t.regex(verified.stdout, /Everything is intact, data included/);
	const [verifiedList] = host.run(['snapshots', '--json']).json() as unknown as Array<Array<Record<string, unknown>>>;
	t.deepEqual(verifiedList!.map(({verifiedAt, verifiedData}) => [typeof verifiedAt, verifiedData]), [['string', 'all'], ['string', 'all']]);

	const restored = (name: string, reference: string) => {
		const {code, stderr} = host.run(['restore', reference, '--target', host.path(name)]);
		t.is(code, 0, stderr);
		return path.join(host.path(name), source);
	};

	t.deepEqual(describe(restored('out1', older!['id'] as string)), before);
	t.deepEqual(describe(restored('out2', 'latest:./data')), after);
	const repeated = host.run(['restore', 'latest', '--target', host.path('out2'), '--json']);
	t.like(repeated.json().at(-1)!, {event: 'summary', restored: 0, failed: 0, problems: []});

	// From the older state to the newer: replaced, added, deleted.
	const update = host.run(['restore', 'latest', '--target', host.path('out1'), '--overwrite', 'if-changed', '--delete']);
	t.is(update.code, 0, update.stderr);
	t.deepEqual(describe(path.join(host.path('out1'), source)), after);
	const part = host.run(['restore', 'latest', '--target', host.path('out3'), '--include', `${source}/deep/new`]);
	t.is(part.code, 0, part.stderr);
	t.deepEqual(readdirSync(path.join(host.path('out3'), source)), ['deep']);
	t.deepEqual(readdirSync(path.join(host.path('out3'), source, 'deep')), ['new']);
});

test('status: from never to ok, and a failure shows', t => {
	const host = new TestHost(t);
	mkdirSync(host.path('data'));
	writeFileSync(host.path('data/x'), 'x');
	t.is(host.run(['init']).code, 0);
	const config = JSON.parse(readFileSync(host.configFile, 'utf8')) as Record<string, unknown>;
	writeFileSync(host.configFile, JSON.stringify({...config, sources: [{name: 'data', paths: [host.path('data')]}, {name: 'later', paths: [host.path('later')]}]}));
	const states = () => {
		const {code, stderr, json} = host.run(['status', '--json']);
		t.is(code, 0, stderr);
		return (json()[0]!['sources'] as Array<{name: string; state: string}>).map(({name, state}) => [name, state]);
	};

	t.deepEqual(states(), [['data', 'never'], ['later', 'never']]);
	const backup = host.run(['backup']);
	// One source is missing; the other is backed up all the same.
	t.is(backup.code, 1, backup.stderr);
	t.regex(backup.stderr, /^coffer: later: /m);
	t.deepEqual(states(), [['data', 'ok'], ['later', 'failed']]);
	const {stdout} = host.run(['status']);
	t.regex(stdout, /^OK +data +now +in \S+ +never +1 /m);
	t.regex(stdout, /^FAIL +later +never +due +never/m);
	t.regex(stdout, /^Key +epoch [\da-f]{8}, 0 days of 90$/m);
	const full = host.run(['status', '--json']).json()[0]!;
	t.deepEqual(['sources', 'keys', 'storage', 'alerts', 'schedule'].filter(field => !Object.hasOwn(full, field)), []);
	const keys = host.run(['key', 'status', '--json']).json()[0]!;
	t.is(keys['rotateAfterDays'], 90);
	t.like((keys['epochs'] as object[])[0], {isActive: true, ageDays: 0});
	t.true((keys['epochs'] as Array<{objects: number}>)[0]!.objects >= 3);
	t.is((keys['keys'] as Array<{role: string}>)[0]!.role, 'owner');
});

const nobody = {uid: 65_534, gid: 65_534};

function lackOfOtherUser(): string | undefined {
	if (process.geteuid?.() !== 0) {
		return 'only root can run the program as another user';
	}

	return spawnSync(process.execPath, [entry, '--version'], nobody).status === 0 ? undefined : 'another user cannot reach this folder';
}

optionalTest(lackOfOtherUser(), 'what cannot be read is named, and the run ends with 3', t => {
	const host = new TestHost(t);
	mkdirSync(host.path('data'));
	writeFileSync(host.path('data/open'), 'x');
	writeFileSync(host.path('data/closed'), 'x', {mode: 0o000});
	spawnSync('chown', ['-R', '65534:65534', host.folder]);
	spawnSync('chown', ['0:0', host.path('data/closed')]);
	const asNobody = (argv: readonly string[]) => spawnSync(process.execPath, [entry, ...argv], {...nobody, cwd: host.folder, env: {...host.environment, XDG_CACHE_HOME: host.path('cache')}, encoding: 'utf8'});
	const init = asNobody(['init']);
	t.is(init.status, 0, init.stderr);
	const {status, stderr, stdout} = asNobody(['backup', host.path('data')]);
	t.is(status, 3, stderr);
	t.regex(stderr, /unreadable: .*data\/closed/);
	t.regex(stdout, /snapshot/);
	t.regex(asNobody(['status']).stdout, /^WARN /m);
});

test('damage is found and named, and the rest is restored', t => {
	const host = new TestHost(t);
	makeTree(host.path('data'));
	writeFileSync(host.path('data/random'), randomBytes(1_000_000));
	host.run(['init']);
	host.run(['backup', host.path('data')]);
	const packs = readdirSync(path.join(host.repository, 'packs'), {recursive: true, withFileTypes: true}).filter(file => file.isFile()).map(file => path.join(file.parentPath, file.name));
	const largest = packs.toSorted((a, b) => statSync(b).size - statSync(a).size)[0]!;
	const bytes = readFileSync(largest);
	bytes[200]! ^= 1;
	writeFileSync(largest, bytes);
	const verify = host.run(['verify', '--read-data', '--json']);
	t.is(verify.code, 13, verify.stderr);
	const {problems} = verify.json().at(-1) as {problems: Array<{object: string; files: string[]}>};
	t.true(problems.some(({object, files}) => largest.endsWith(object.slice('packs/'.length)) && files.length > 0), JSON.stringify(problems));
	t.regex(host.run(['verify', '--read-data']).stdout, /^damaged packs\//m);
	const restore = host.run(['restore', 'latest', '--target', host.path('out')]);
	t.is(restore.code, 3, restore.stderr);
	t.regex(restore.stderr, /could not be restored/);
	t.true(existsSync(path.join(host.path('out'), host.path('data'), 'empty')));
});

test('a rolled-back repository is noticed on a host that knows better', t => {
	const host = new TestHost(t);
	mkdirSync(host.path('data'));
	writeFileSync(host.path('data/x'), 'x');
	host.run(['init']);
	host.run(['backup', host.path('data')]);
	spawnSync('cp', ['-a', host.repository, host.path('old')]);
	host.run(['backup', host.path('data')]);
	t.is(host.run(['snapshots']).stderr, '');
	renameSync(host.repository, host.path('newer'));
	renameSync(host.path('old'), host.repository);
	for (const round of [1, 2]) {
		t.regex(host.run(['snapshots']).stderr, /gone without having been forgotten/, `round ${round}`);
	}

	const exchanged = host.run(['init', '--repository', host.path('another'), '--key-file', host.path('another.key')]);
	t.is(exchanged.code, 0);
	renameSync(host.repository, host.path('older'));
	renameSync(host.path('another'), host.repository);
	t.regex(host.run(['snapshots', '--key-file', host.path('another.key')]).stderr, /it was exchanged/);
	rmSync(host.repository, {recursive: true});
	const renewed = host.run(['init', '--repository', host.repository, '--key-file', host.path('third.key')]);
	t.is(renewed.code, 0, renewed.stderr);
	t.is(host.run(['snapshots', '--key-file', host.path('third.key')]).stderr, '');
});
