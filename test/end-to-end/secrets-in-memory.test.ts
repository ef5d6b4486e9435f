import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {masked} from '../helpers/masked-secret.ts';
import type {ScanJob} from '../helpers/memory-scan.ts';
import {TestHost} from '../helpers/run-coffer.ts';

const script = path.resolve(import.meta.dirname, '../helpers/memory-scan.ts');
const passphrase = 'canary-passphrase-mangosteen-4711';
const secret = masked(Buffer.from(passphrase).toString('hex')).toString('hex');
const calls = [['init', '--passphrase', '--defaults'], ['backup', './data'], ['status'], ['key', 'list'], ['doctor']];

function scan(t: ExecutionContext, host: TestHost, job: Omit<ScanJob, 'environment'> & {readonly environment?: Readonly<Record<string, string>>}): number[] {
	const environment = {...host.environment, ...job.environment};
	const {stdout, stderr} = spawnSync(process.execPath, [script, host.folder], {input: JSON.stringify({...job, environment}), encoding: 'utf8', cwd: host.folder});
	t.true(stdout.startsWith('['), stderr);
	const outcomes = JSON.parse(stdout) as Array<{code: number; hits: number; said: string}>;
	t.deepEqual(outcomes.map(({code}) => code), job.calls.map(() => 0), outcomes.map(({said}) => said).join('\n'));
	return outcomes.map(({hits}) => hits);
}

function createHost(t: ExecutionContext): TestHost {
	const host = new TestHost(t);
	writeFileSync(host.path('pass'), `${passphrase}\n`, {mode: 0o600});
	spawnSync('mkdir', [host.path('data')]);
	writeFileSync(host.path('data/x'), 'some content');
	return host;
}

const ways = {
	'a file': host => ({environment: {COFFER_PASSPHRASE_FILE: host.path('pass')}}),
	'a descriptor': () => ({descriptorFile: 'pass'}),
	'a person': () => ({typed: [2, 1, 1, 1, 1]}),
} satisfies Record<string, (host: TestHost) => Partial<ScanJob>>;

for (const [name, way] of Object.entries<(host: TestHost) => Partial<ScanJob>>(ways)) {
	test(`a passphrase from ${name} is nowhere in the process's memory after a command`, t => {
		const host = createHost(t);
		const hits = scan(t, host, {secrets: [secret], calls, ...way(host)});
		t.deepEqual(hits, calls.map(() => 0));
		t.log(`${calls.length} commands, each followed by a search of all writable memory: 0 hits`);
	});
}

test('a passphrase from a program is left at most in the buffers that Node has read it into', t => {
	const host = createHost(t);
	const hits = scan(t, host, {secrets: [secret], calls, environment: {COFFER_PASSPHRASE_COMMAND: `cat ${host.path('pass')}`}});
	t.true(hits.every((count, index) => count <= index + 1), JSON.stringify(hits));
	t.log(`hits after ${calls.length} commands: ${hits.join(', ')}`);
});

test('the search finds a passphrase that cannot be wiped: that of the environment', t => {
	const host = createHost(t);
	const hits = scan(t, host, {secrets: [secret], calls, environment: {COFFER_PASSPHRASE: passphrase}});
	t.true(hits.every(count => count > 0), JSON.stringify(hits));
	t.log(`hits after ${calls.length} commands: ${hits.join(', ')}`);
});

test('a key file\'s key, as bytes and as digits, is nowhere in the process\'s memory after a command', t => {
	const host = createHost(t);
	t.is(host.run(['init']).code, 0);
	const digits = /key +(?<key>[\da-f]{64})/.exec(readFileSync(host.keyFile, 'utf8'))!.groups!['key']!;
	const secrets = [masked(digits).toString('hex'), masked(Buffer.from(digits).toString('hex')).toString('hex')];
	const opening = calls.slice(1);
	t.deepEqual(scan(t, host, {secrets, calls: opening}), opening.map(() => 0));
	t.log(`${opening.length} commands, 2 forms: 0 hits`);
});

test('the key of the audit log, as bytes and as digits, is nowhere in the process\'s memory after a command', t => {
	const host = createHost(t);
	t.is(host.run(['init']).code, 0);
	const folder = path.join(host.stateFolder, 'audit');
	const [repository = ''] = readdirSync(folder);
	const digits = readFileSync(path.join(folder, repository, 'key'), 'utf8').trim();
	t.is(digits.length, 64);
	const secrets = [masked(digits).toString('hex'), masked(Buffer.from(digits).toString('hex')).toString('hex')];
	const noting = [['backup', './data'], ['audit', 'show'], ['audit', 'verify'], ['audit', 'export', './log.jsonl'], ['audit', 'verify', '--file', './log.jsonl']];
	t.deepEqual(scan(t, host, {secrets, calls: noting}), noting.map(() => 0));
	t.log(`${noting.length} commands, 2 forms: 0 hits`);
});
