import {Buffer} from 'node:buffer';
import {EventEmitter} from 'node:events';
import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createHash} from 'node:crypto';
import test, {type ExecutionContext} from 'ava';
import {prepareHost} from '../helpers/command-examples.ts';
import {encryptLikeOpenssl, flipBit, handmadeTar, lackOf, shell, writeOldArchive} from '../helpers/old-archives.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {TestHost} from '../helpers/run-coffer.ts';

/** A host with a repository, and archives of two days of a source called `web`. */
async function createHost(t: ExecutionContext): Promise<TestHost> {
	const host = new TestHost(t);
	await prepareHost(host);
	mkdirSync(host.path('backups'));
	for (const [day, text] of [['20250808', 'second'], ['20250807', 'first']] as const) {
		writeOldArchive(host.path(`backups/web-${day}-212032.tar.gz.enc`), handmadeTar([{name: 'srv/', type: '5', mode: 0o755}, {name: 'srv/index', content: text}]), 'old secret');
	}

	return host;
}

const archives = ['./backups/web-20250808-212032.tar.gz.enc', './backups/web-20250807-212032.tar.gz.enc'];
const withKey = ['--archive-key', './old.key'];

test('--dry-run says what opens them and what is in them, needs no repository, and stores nothing', async t => {
	const host = await createHost(t);
	const checksum = createHash('sha256').update(readFileSync(host.path(archives[1]!))).digest('hex');
	writeFileSync(host.path(`${archives[1]!}.sha256`), `${checksum}  web-20250807-212032.tar.gz.enc\n`);
	const {code, stdout, stderr} = await host.runHere(['import', ...archives, ...withKey, '--dry-run', '--repository', './nowhere']);
	t.deepEqual([code, stderr], [0, '']);
	const lines = stdout.split('\n');
	t.regex(lines[0]!, /web-20250807-212032\.tar\.gz\.enc: opens with -pbkdf2 -iter 100000; a tar in gzip; its \.sha256 fits: 1 file, 1 folder, 0 other entries, 5 B; /);
	t.regex(lines[0]!, /snapshot of "web" of 2025-08-07 21:20\.$/);
	t.regex(lines[1]!, /web-20250808-212032\.tar\.gz\.enc: opens with -pbkdf2 -iter 100000; a tar in gzip: 1 file/);
	t.regex(lines[2]!, /carry no authentication: .* accidents, but not what somebody changed/);
	t.false(existsSync(host.path('nowhere')));
	const asJson = (await host.runHere(['import', ...archives, ...withKey, '--dry-run', '--json'])).json().at(-1)!;
	t.like(asJson, {event: 'summary', isAuthenticated: false, isDryRun: true});
	t.like((asJson['archives'] as unknown[])[0], {
		source: 'web', time: '2025-08-07T21:20:32.000Z', timeFrom: 'name', derivation: '-pbkdf2 -iter 100000', content: 'tar', isPacked: true, hasChecksum: true, files: 1, directories: 1, others: 0, bytes: 5, unreadable: 0,
	});
	t.is((await host.runHere(['snapshots', '--source', 'web', '--json'])).stdout, '[]\n');
});

test('import makes a snapshot of each in the order of their times, and skips them the next time', async t => {
	const host = await createHost(t);
	const first = await host.runHere(['import', ...archives, ...withKey, '--class', 'daily', '--tag', 'old', '--json']);
	t.deepEqual([first.code, first.stderr], [0, '']);
	const made = first.json().at(-1)!['archives'] as Array<Record<string, string>>;
	t.deepEqual(made.map(({time, known}) => [time, known]), [['2025-08-07T21:20:32.000Z', null], ['2025-08-08T21:20:32.000Z', null]]);
	const listed = (await host.runHere(['snapshots', '--source', 'web', '--json'])).json()[0] as unknown as Array<Record<string, unknown>>;
	t.deepEqual(listed.map(({id, class: kind, tags}) => [id, kind, tags]), made.map(({snapshot}) => [snapshot, 'daily', ['old']]));
	const cat = async (id: string) => (await host.runHere(['cat', id, '/srv/index'])).stdout;
	t.deepEqual([await cat(made[0]!['snapshot']!), await cat('latest:web')], ['first', 'second']);
	const again = await host.runHere(['import', ...archives, ...withKey]);
	t.is(again.code, 0);
	t.is(again.stdout.match(/skipped, as there is a snapshot of "web" of that time already: [\da-f]{8}\./g)!.length, 2);
	t.is(((await host.runHere(['snapshots', '--source', 'web', '--json'])).json()[0] as unknown as unknown[]).length, 2);
	t.is((await host.runHere(['import', ...archives, ...withKey, '--quiet'])).stdout, '');
	t.is((await host.runHere(['verify', '--read-data'])).code, 0);
	// Their times are long ago: what this host remembers of its own runs says so, too, and nothing counts as lost.
	const status = (await host.runHere(['status', '--json'])).json()[0]!;
	t.false(JSON.stringify(status['alerts']).includes('lost'));
});

test('--target restores them, without a repository; what cannot be is named, and the code is 3', async t => {
	const host = await createHost(t);
	const [newer] = archives;
	const {code, stdout} = await host.runHere(['import', newer!, ...withKey, '--target', './out', '--repository', './nowhere']);
	t.is(code, 0);
	t.regex(stdout, /Restored 1 file and 1 folder, 6 B, into \S+\/out;/);
	t.is(readFileSync(host.path('out/srv/index'), 'utf8'), 'second');
	const kept = await host.runHere(['import', newer!, ...withKey, '--target', './out']);
	t.is(kept.code, 0);
	t.regex(kept.stderr, /1 entry of \S+ was there already and stayed as they were\./);
	writeOldArchive(host.path('backups/evil.tar.gz.enc'), handmadeTar([{name: '../evil\u001B[2J', content: 'x'}, {name: 'good', content: 'x'}]), 'old secret');
	const evil = await host.runHere(['import', './backups/evil.tar.gz.enc', ...withKey, '--target', './out']);
	t.is(evil.code, 3);
	t.regex(evil.stderr, /lost: \.\.\/evil/);
	t.notRegex(evil.stderr, /\u001B/);
	t.is((await host.runHere(['import', './backups/evil.tar.gz.enc', ...withKey, '--dry-run'])).code, 3);
	t.is((await host.runHere(['import', './backups/evil.tar.gz.enc', ...withKey])).code, 3);
});

test('one that is damaged or of another key does not keep the others from being taken; its code is that of all', async t => {
	const host = await createHost(t);
	const whole = readFileSync(host.path(archives[1]!));
	writeFileSync(host.path(archives[1]!), whole.subarray(0, -16));
	writeOldArchive(host.path('backups/other-20250101-000000.tar.gz.enc'), handmadeTar([{name: 'a'}]), 'another secret');
	const {code, stdout, stderr} = await host.runHere(['import', ...archives, ...withKey]);
	t.is(code, 13, stderr);
	t.regex(stderr, /^coffer: \S+web-20250807-212032\.tar\.gz\.enc (?:does not end|cannot be unpacked)[^\n]+\n$/);
	t.regex(stdout, /snapshot [\da-f]{8} of 2025-08-08 21:20/);
	t.is((await host.runHere(['import', './backups/other-20250101-000000.tar.gz.enc', ...archives, ...withKey])).code, 12);
	writeFileSync(host.path(archives[1]!), whole);
	flipBit(host.path(archives[1]!), whole.byteLength - 50);
	t.is((await host.runHere(['import', archives[1]!, ...withKey, '--dry-run'])).code, 13);
});

test('where the password comes from: flag before environment; file, program, variable, the person at the terminal', async t => {
	const host = await createHost(t);
	const [archive] = archives;
	const ways: ReadonlyArray<readonly [what: string, argv: readonly string[], environment: Record<string, string>]> = [
		['flag', withKey, {COFFER_ARCHIVE_KEY_FILE: './data/file', COFFER_ARCHIVE_PASSPHRASE: 'wrong'}],
		['key file', [], {COFFER_ARCHIVE_KEY_FILE: './old.key', COFFER_ARCHIVE_PASSPHRASE: 'wrong'}],
		['passphrase file', [], {COFFER_ARCHIVE_PASSPHRASE_FILE: './old.key', COFFER_ARCHIVE_PASSPHRASE_COMMAND: 'false'}],
		['program', [], {COFFER_ARCHIVE_PASSPHRASE_COMMAND: 'echo "old secret"', COFFER_ARCHIVE_PASSPHRASE: 'wrong'}],
		['variable', [], {COFFER_ARCHIVE_PASSPHRASE: 'old secret', COFFER_PASSPHRASE: 'wrong'}],
	];
	for (const [what, argv, environment] of ways) {
		const {code, stderr} = await host.runHere(['import', archive!, '--dry-run', ...argv], {environment: {...host.environment, ...environment}});
		t.is(code, 0, `${what}: ${stderr}`);
	}

	const typed = await host.runHere(['import', archive!, '--dry-run'], {isTerminal: true, input: 'old secret\n'});
	t.is(typed.code, 0, typed.stderr);
	t.regex(typed.stderr, /Passphrase of the archive: /);
	t.false(typed.stderr.includes('old secret'));
	const twice = await host.runHere(['export', 'latest', '--target', './out/'], {isTerminal: true, input: 'new secret\nother secret\n'});
	t.is(twice.code, 2);
	t.regex(twice.stderr, /The two passphrases differ/);
	t.is((await host.runHere(['export', 'latest', '--target', './out/'], {isTerminal: true, input: 'new secret\nnew secret\n'})).code, 0);
	t.is((await host.runHere(['import', `./out/${readdirSync(host.path('out'))[0]!}`, '--dry-run'], {environment: {...host.environment, COFFER_ARCHIVE_PASSPHRASE: 'new secret'}})).code, 0);
	for (const file of readdirSync(host.path('home'), {recursive: true, encoding: 'utf8'}).filter(name => name.endsWith('.log'))) {
		t.notRegex(readFileSync(host.path('home', file), 'utf8'), /(?:old|new|other) secret/);
	}
});

test('another number of iterations is named with --iterations', async t => {
	const host = await createHost(t);
	writeFileSync(host.path('rare.sql.enc'), encryptLikeOpenssl(Buffer.from('-- dump\n'), 'old secret', 54_321));
	t.is((await host.runHere(['import', './rare.sql.enc', ...withKey, '--dry-run'])).code, 12);
	const {code, stdout} = await host.runHere(['import', './rare.sql.enc', ...withKey, '--dry-run', '--iterations', '54321']);
	t.is(code, 0);
	t.regex(stdout, /opens with -pbkdf2 -iter 54321; one file: .*\(the time of the file, as its name has none that has been\)/);
});

optionalTest(lackOf('openssl', 'tar', 'sha256sum'), 'export: the command that is printed unpacks the archive; --json and --quiet', async t => {
	const host = await createHost(t);
	const {code, stdout, stderr} = host.run(['export', 'latest:data', ...withKey, '--target', './out/']);
	t.deepEqual([code, stderr], [0, '']);
	const [name] = readdirSync(host.path('out'));
	t.regex(name!, /^data-\d{8}-\d{6}\.tar\.gz\.enc$/);
	const command = /KEY being the file with the key: (?<command>.+)$/m.exec(stdout)!.groups!['command']!;
	shell(`sha256sum -c ${name}.sha256; cp ../old.key KEY; ${command}`, host.path('out'));
	t.is(readFileSync(host.path('out', host.path('data/file')), 'utf8'), 'some text');
	const asJson = await host.runHere(['export', 'latest:data', ...withKey, '--target', './other/', '--json']);
	t.deepEqual([asJson.code, asJson.stderr], [0, '']);
	t.like(asJson.json().at(-1), {event: 'summary', files: 1, bytes: 9, skipped: 0, command});
	const quiet = await host.runHere(['export', 'latest:data', ...withKey, '--target', './third/', '--quiet']);
	t.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [0, '', '']);
	t.is((await host.runHere(['export', 'latest:data', ...withKey, '--target', './third/'])).code, 1);
	t.is(readdirSync(host.path('third')).length, 3);
});

test('Ctrl-C during an export: 130, and nothing is left', async t => {
	const host = await createHost(t);
	chmodSync(host.path('old.key'), 0o600);
	// A process is an EventEmitter, too.
	// eslint-disable-next-line unicorn/prefer-event-target
	const signals = new EventEmitter();
	signals.on('newListener', name => {
		if (name === 'SIGHUP') {
			queueMicrotask(() => signals.emit('SIGINT', 'SIGINT'));
		}
	});
	mkdirSync(host.path('out'));
	const {code} = await host.runHere(['export', 'latest:data', ...withKey, '--target', './out'], {signals});
	t.is(code, 130);
	t.deepEqual(readdirSync(host.path('out')), []);
});
