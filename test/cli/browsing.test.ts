import {Buffer} from 'node:buffer';
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {entry, TestHost} from '../helpers/run-coffer.ts';

const hostile = 'ev\u001B]52;c;x\u0007il\nname\u202E';
const control = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/;

/** A host with two snapshots of one folder. */
async function setUp(t: ExecutionContext) {
	const host = new TestHost(t);
	const data = host.path('data');
	mkdirSync(`${data}/deep`, {recursive: true});
	const big = Buffer.alloc(3_000_000, 'abcdefg\n');
	writeFileSync(`${data}/big`, big);
	writeFileSync(`${data}/${hostile}`, 'col\u001B[31mour\ttab\nlast');
	writeFileSync(Buffer.concat([Buffer.from(`${data}/odd`), Buffer.from([0xFF])]), 'odd');
	writeFileSync(`${data}/deep/a`, 'one');
	t.is((await host.runHere(['init'])).code, 0);
	t.is((await host.runHere(['backup', data])).code, 0);
	writeFileSync(`${data}/deep/a`, 'twoo');
	writeFileSync(`${data}/deep/b`, 'b');
	t.is((await host.runHere(['backup', data])).code, 0);
	const ids = ((await host.runHere(['snapshots', '--json'])).json()[0] as unknown as Array<{id: string}>).map(({id}) => id);
	const run = async (...argv: string[]) => {
		const outcome = await host.runHere(argv);
		t.false(control.test(outcome.stdout + outcome.stderr), `${argv.join(' ')}: ${JSON.stringify(outcome.stdout + outcome.stderr)}`);
		return outcome;
	};

	return {host, data, big, ids, run};
}

test('show, ls, find, diff: for people and as one line of JSON', async t => {
	const {data, ids, run} = await setUp(t);
	const [one, two] = ids;
	const shown = (await run('show', 'latest', '--json')).json();
	t.is(shown.length, 1);
	t.like(shown[0]!, {id: two, source: data, kind: 'files', verifiedAt: null, previous: {id: one}});
	t.regex(shown[0]!['sha256'] as string, /^[\da-f]{64}$/);
	const text = (await run('show', one!.slice(0, 6))).stdout;
	t.regex(text, new RegExp(`^ID +${one}\nTaken `));
	t.regex(text, /\nFollows +none/);

	const listed = await run('ls', 'latest', data, '--recursive', '--json');
	t.is(listed.stdout.trimEnd().split('\n').length, 1);
	const entries = listed.json()[0] as unknown as Array<Record<string, unknown>>;
	t.deepEqual(entries.map(({path}) => (path as string).slice(data.length + 1)), ['big', 'deep', 'deep/a', 'deep/b', hostile, 'odd\uFFFD']);
	t.is(entries.filter(({path64}) => path64 !== undefined).length, 1);
	t.regex((await run('ls', 'latest', `${data}/deep`)).stdout, /^-rw-r--r-- {2}\d+:\d+ +4 B {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}a\n-rw/);
	t.true((await run('ls', 'latest', data)).stdout.includes(String.raw`ev\x1b]52;c;x\x07il\x0aname\u{202e}`));
	t.is((await run('ls', 'latest', `${data}/deep/a`, '--json')).json()[0]!.length, 1);

	const found = (await run('find', 'a', '--json')).json()[0] as unknown as Array<{size: number; snapshots: Array<{id: string}>}>;
	t.deepEqual(found.map(({size, snapshots}) => [size, snapshots.map(({id}) => id)]), [[3, [one]], [4, [two]]]);
	t.regex((await run('find', 'big')).stdout, /^MODE +SIZE +MODIFIED +SNAPSHOTS +PATH\n-rw\S+ +3\.0 MB .* 2: [\da-f]{8} … [\da-f]{8} .*\/data\/big\n$/);
	t.is((await run('find', 'ev*', '--source', './data', '--snapshot', 'latest')).code, 0);
	t.deepEqual((await run('find', 'nothing', '--json')).json(), [[]] as never);
	t.regex((await run('find', 'nothing')).stdout, /Nothing in the snapshots matches/);

	const [difference] = (await run('diff', one!, 'latest:./data', '--json')).json();
	t.like(difference!, {from: one, to: two, counts: {added: 1, addedBytes: 1, removed: 0, changed: 1, changedBytesBefore: 3, changedBytesAfter: 4}});
	t.deepEqual((difference!['changes'] as Array<{path: string}>).filter(({path}) => path.startsWith(`${data}/deep/`)).map(({path}) => path), [`${data}/deep/a`, `${data}/deep/b`]);
	t.regex((await run('diff', one!, two!)).stdout, /M \S+\/deep\/a {2}\(3 B, then 4 B\)\n\+ \S+\/deep\/b {2}\(1 B\)\n1 entry added \(1 B\), 0 removed/);
	t.deepEqual((await run('diff', two!, two!, '--json')).json()[0]!['changes'], []);
});

test('cat: the very bytes to a pipe, harmless text on a terminal, quiet when the reader goes', async t => {
	const {host, data, big} = await setUp(t);
	const cat = (name: string | Buffer, ...flags: string[]) => spawnSync(process.execPath, [entry, 'cat', 'latest', `${data}/${name.toString()}`, ...flags], {env: host.environment, cwd: host.folder, maxBuffer: 64 * 1024 * 1024});
	const whole = cat('big');
	t.is(whole.status, 0, whole.stderr.toString());
	t.is(createHash('sha256').update(whole.stdout).digest('hex'), createHash('sha256').update(big).digest('hex'));
	t.is(cat(hostile, '--json').stdout.toString(), 'col\u001B[31mour\ttab\nlast');
	t.is(cat('odd\uFFFD').stdout.toString(), 'odd');
	const onTerminal = async (...flags: string[]) => (await host.runHere(['cat', 'latest', `${data}/${hostile}`, ...flags], {isTerminal: true})).stdout;
	t.is(await onTerminal(), `${String.raw`col\x1b[31mour`}        tab\nlast\n`);
	t.is(await onTerminal('--raw'), 'col\u001B[31mour\ttab\nlast');
	const {status, stdout, stderr} = spawnSync('/bin/sh', ['-c', '("$0" "$1" cat latest "$2"; echo "code $?" >&2) | head -c 10', process.execPath, entry, `${data}/big`], {env: host.environment, cwd: host.folder, encoding: 'utf8'});
	t.deepEqual([status, stdout, stderr], [0, 'abcdefg\nab', 'code 0\n']);
});

test('wrong use and wrong names: what failed, on what, what to do', async t => {
	const {data, run} = await setUp(t);
	const cases: Array<readonly [string[], number, RegExp]> = [
		[['show'], 2, /Name the snapshot/], [['show', 'ffff'], 1, /There is no snapshot "ffff"/], [['show', 'latest', 'x'], 2, /one too many/], [['ls'], 2, /Name the snapshot/],
		[['ls', 'latest', `${data}/deep/no`], 1, /The nearest that it has is \S+\/deep; "coffer ls [\da-f]{8} \S+\/deep" lists it/],
		[['ls', 'latest', '../x'], 2, /without ".."/], [['find'], 2, /Name a pattern/], [['find', '!x'], 2, /Nothing can be found/], [['find', 'x', '--snapshot', 'nope'], 1, /There is no snapshot/],
		[['diff', 'latest'], 2, /Name two snapshots/], [['cat', 'latest'], 2, /Name a snapshot and the path/], [['cat', 'latest', data], 2, /is a directory; "coffer ls" lists it/],
		[['cat', 'latest', `${data}/none\u001B[2J`], 1, /has no .*none\\x1b\[2J/], [['forget'], 2, /Name the snapshots to forget/], [['forget', 'ffff'], 1, /There is no snapshot/],
		[['verify', '--against-source', '--read-data'], 2, /once with each/], [['cat', '--rwa', 'latest', 'x'], 2, /Did you mean --raw/],
	];
	for (const [argv, code, message] of cases) {
		const outcome = await run(...argv);
		t.is(outcome.code, code, `${argv.join(' ')}: ${outcome.stderr}`);
		t.regex(outcome.stderr, message);
		t.is(outcome.stdout, '', argv.join(' '));
	}

	const [error] = (await run('ls', 'latest', '/no', '--json')).stderr.trim().split('\n').map(line => JSON.parse(line) as Record<string, unknown>);
	t.like(error!, {event: 'error', code: 'path-missing'});
	t.log(`${cases.length} ways`);
});

test('forget: a dry run, then for good; what is left restores', async t => {
	const {host, data, ids, run} = await setUp(t);
	const [one, two] = ids;
	t.regex((await run('forget', one!, '--dry-run')).stdout, /^Would forget [\da-f]{8} of .*\nNothing was changed\.\n$/);
	const first = await run('forget', one!.slice(0, 10));
	t.is(first.code, 0, first.stderr);
	t.regex(first.stdout, /^Forgot [\da-f]{8} of .*\n1 snapshot left\. The space comes back with "coffer prune"\.\n$/);
	t.is((await run('verify', '--read-data')).code, 0);
	t.is((await run('backup', data)).code, 0);
	const second = (await run('forget', two!, '--json')).json();
	t.is(second.length, 1);
	t.like(second[0]!, {remaining: 1, isDryRun: false, emptied: []});
	const last = await run('forget', 'latest');
	t.regex(last.stderr, /no snapshot of ".*data" on \S+ is left/);
	t.is((await run('verify')).code, 0);
	// This host remembers the newest one; it was forgotten on purpose, so that nobody is alarmed.
	const listed = await run('snapshots');
	t.deepEqual([listed.code, listed.stderr], [0, '']);
	t.is((await run('backup', data)).code, 0);
	t.is((await run('restore', 'latest', '--target', host.path('out'))).code, 0);
	t.is(readFileSync(`${host.path('out')}${data}/deep/a`, 'utf8'), 'twoo');
	t.false(existsSync(`${host.repository}/locks/x`));
});

test('verify --against-source: differences are listed, and are no damage', async t => {
	const {data, run} = await setUp(t);
	const clean = await run('verify', '--against-source');
	t.is(clean.code, 0, clean.stderr);
	t.regex(clean.stdout, /^ok .*: 0 missing, 0 new, 0 changed, 0 rewritten, 0 corrupt, 0 lost, 0 unreadable\.\n$/);
	rmSync(`${data}/deep/b`);
	writeFileSync(`${data}/new\u001B[2J`, '');
	writeFileSync(`${data}/deep/a`, 'three');
	const changed = await run('verify', '--against-source', '--json');
	t.is(changed.code, 0);
	t.deepEqual(changed.json().filter(({event}) => event === 'difference').map(({kind}) => kind as string).toSorted(), ['changed', 'missing', 'new']);
	t.like(changed.json().at(-1)!, {event: 'summary', problems: [], problemsTotal: 0});
	const text = (await run('verify', '--against-source')).stdout;
	t.regex(text, /^new +\S+new\\x1b\[2J: it came since the backup\.$/m);
	t.regex(text, /^missing +\S+\/deep\/b: /m);
});
