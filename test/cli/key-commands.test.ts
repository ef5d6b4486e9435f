import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import {parseExpiry} from '../../source/cli/expiry.ts';
import {prepareHost} from '../helpers/command-examples.ts';
import {createForwardClock} from '../helpers/forward-clock.ts';
import {writeSecret} from '../helpers/key-hosts.ts';
import {TestHost, type Outcome} from '../helpers/run-coffer.ts';

type Keys = {readonly keys: Array<Record<string, unknown>>; readonly epochs: Array<Record<string, unknown>>; readonly rotation: string | null};

const day = 24 * 60 * 60 * 1000;

/** Runs that have to succeed. */
async function succeed(t: ExecutionContext, host: TestHost, argv: readonly string[], options?: Parameters<TestHost['runHere']>[1]): Promise<Outcome> {
	const outcome = await host.runHere(argv, options);
	t.is(outcome.code, 0, `${argv.join(' ')}: ${outcome.stderr}`);
	return outcome;
}

async function readKeys(t: ExecutionContext, host: TestHost, ...more: string[]): Promise<Keys> {
	return (await succeed(t, host, ['key', 'status', '--json', ...more])).json()[0] as unknown as Keys;
}

async function createHost(t: ExecutionContext): Promise<TestHost> {
	const host = new TestHost(t);
	await prepareHost(host);
	return host;
}

test('a key for another host is added, works there, expires, and is removed', async t => {
	const host = await createHost(t);
	const added = await succeed(t, host, ['key', 'add', '--role', 'backup', '--label', 'web1', '--expires', '90d', '--new-key-file', 'web1.key']);
	t.regex(added.stdout, /^Made the key "web1" \([\da-f]{8}\) with the role backup: \S+web1\.key\.\n/);
	t.regex(added.stdout, /\nIt can make backups[^\n]+It cannot read[^\n]+It expires on [^\n]+\nBring \S+web1\.key to its host/);
	t.is(statSync(host.path('web1.key')).mode & 0o777, 0o600);
	await succeed(t, host, ['backup', 'data', '--key-file', 'web1.key']);
	const {keys} = await readKeys(t, host);
	t.like(keys[1], {label: 'web1', role: 'backup', factors: ['key-file'], isRecovery: false, isOwn: false});
	t.true(Math.abs(Date.parse(String(keys[1]!['expires'])) - Date.now() - (90 * day)) < 60_000);
	t.is(typeof keys[1]!['lastUsed'], 'string');
	t.regex((await succeed(t, host, ['key', 'list'])).stdout, /web1 +backup +key file +\S+ \S+ +\d{4}-\S+ \S+ +now/);

	const late = createForwardClock();
	late.forward(91 * day);
	const expired = await host.runHere(['backup', 'data', '--key-file', 'web1.key'], late);
	t.is(expired.code, 12);
	t.regex(expired.stderr, /^coffer: The key "web1" expired on \d{4}-\S+Z, by this machine's clock\. [^\n]*coffer key add/);
	t.regex((await succeed(t, host, ['key', 'list'], late)).stdout, /web1 .* expired /);

	const removed = await succeed(t, host, ['key', 'remove', 'web1']);
	t.regex(removed.stdout, /^Removed the key "web1"/);
	t.is((await host.runHere(['snapshots', '--key-file', 'web1.key'])).code, 12);
	t.is((await readKeys(t, host)).keys.length, 1);
	t.deepEqual((await succeed(t, host, ['verify', '--read-data', '--json'])).json().at(-1)!['problems'], []);
});

test('an owner that never expires always stays', async t => {
	const host = await createHost(t);
	await succeed(t, host, ['key', 'add', '--role', 'owner', '--label', 'guest', '--expires', '30d', '--new-key-file', 'guest.key']);
	const [own] = (await readKeys(t, host)).keys;
	const {code, stderr} = await host.runHere(['key', 'remove', String(own!['id']), '--key-file', 'guest.key']);
	t.is(code, 2);
	t.regex(stderr, /last owner that never expires/);
	t.is((await readKeys(t, host)).keys.length, 2);
	await succeed(t, host, ['key', 'remove', 'guest']);
});

test('a rotation replaces the key file in place; other keys follow; the old one opens nothing', async t => {
	const host = await createHost(t);
	await succeed(t, host, ['key', 'add', '--role', 'auditor', '--new-key-file', 'auditor.key']);
	await succeed(t, host, ['key', 'export', 'recovery.json', '--code-file', 'code']);
	const old = readFileSync(host.keyFile);
	const before = await readKeys(t, host);

	const planned = await succeed(t, host, ['key', 'rotate', '--reencrypt', '--dry-run', '--json']);
	const [{packs, packBytes: bytes}] = before.epochs as [Record<string, unknown>];
	t.like(planned.json().at(-1), {event: 'summary', isDryRun: true, isResumed: false, followingSlots: 2, recoverySlots: 1, packs, bytes, writers: 0});
	t.regex((await succeed(t, host, ['key', 'rotate', '--dry-run'])).stdout, /2 other keys follow.*the packs stay as they are.*1 recovery key follows.*Nothing was changed\.\n$/s);
	t.deepEqual(readFileSync(host.keyFile), old);
	t.regex((await succeed(t, host, ['key', 'rotate', '--if-due'])).stdout, /^The active epoch is 0 days old and due at 90: nothing to do\.\n$/);

	const rotated = await succeed(t, host, ['key', 'rotate']);
	t.is(rotated.stderr, '');
	t.regex(rotated.stdout, /^The key is rotated: epoch [\da-f]{8} takes the place of [\da-f]{8}; \d+ objects moved, /);
	t.regex(rotated.stdout, /\n2 other keys follow, 1 recovery key among them, proven[^\n]+Removed: "[^"]+" \([\da-f]{8}\)\.\nThe key file \S+ is the new one/);
	writeFileSync(host.path('old.key'), old, {mode: 0o600});
	t.is((await host.runHere(['status', '--key-file', 'old.key'])).code, 12);
	for (const argv of [['restore', 'latest', '--target', './out'], ['snapshots', '--key-file', 'auditor.key'], ['verify', '--read-data']]) {
		await succeed(t, host, argv);
	}

	const anew = await succeed(t, host, ['key', 'rotate', '--reencrypt', '--json']);
	const events = anew.json();
	t.like(events.at(-1), {event: 'summary', packs, keyFile: host.keyFile, recoverySlots: 1});
	t.true(events.slice(0, -1).every(({event}) => event === 'progress'));
	t.true(events.some(({phase}) => phase === 're-encrypting'));
	const {epochs, rotation} = await readKeys(t, host);
	t.deepEqual([epochs.length, epochs[0]!['state'], rotation], [1, 'active', null]);
	t.is(readFileSync(host.path('out', host.path('data/file')), 'utf8'), 'some text');
	t.false(existsSync(`${host.keyFile}.retired`) || existsSync(`${host.keyFile}.new`));

	// The exported file followed, and says so.
	const checked = await succeed(t, host, ['key', 'check', 'recovery.json'], {environment: {...host.environment, COFFER_RECOVERY_FILE: host.path('code')}});
	t.regex(checked.stdout, /opens the repository and all its \d+ data key.*was read with it.*is of the newest epoch/s);
});

test('two factors: the new passphrase has to be another one, and the key file is replaced with it', async t => {
	const host = new TestHost(t);
	const environment = {...host.environment, COFFER_PASSPHRASE_FILE: writeSecret(host, 'first', 'first of the passphrases')};
	await succeed(t, host, ['init', '--passphrase', '--key-file', 'both.key'], {environment});
	const rotate = async (secret: string) => host.runHere(['key', 'rotate'], {environment: {...environment, COFFER_NEW_PASSPHRASE_FILE: writeSecret(host, secret, `${secret} of the passphrases`)}});
	const same = await rotate('first');
	t.is(same.code, 2);
	t.regex(same.stderr, /The new passphrase is the old one/);
	const none = await host.runHere(['key', 'rotate'], {environment});
	t.is(none.code, 2);
	t.regex(none.stderr, /no terminal to ask for the new passphrase\. Give it by COFFER_NEW_PASSPHRASE_FILE/);
	const old = readFileSync(host.path('both.key'), 'utf8');
	t.is((await rotate('second')).code, 0);
	t.not(readFileSync(host.path('both.key'), 'utf8'), old);
	t.is((await host.runHere(['status'], {environment})).code, 12);
	await succeed(t, host, ['status'], {environment: {...environment, COFFER_PASSPHRASE_FILE: host.path('second')}});
});

test('a passphrase is rotated to another one, and a recovery code opens as a passphrase however it is spelt', async t => {
	const host = new TestHost(t);
	const environment = {...host.environment, COFFER_PASSPHRASE_FILE: writeSecret(host, 'first', 'first of the passphrases')};
	await succeed(t, host, ['init', '--passphrase'], {environment});
	const rotated = await succeed(t, host, ['key', 'rotate'], {environment: {...environment, COFFER_NEW_PASSPHRASE_FILE: writeSecret(host, 'second', 'second of the passphrases')}});
	t.regex(rotated.stdout, /The new passphrase opens everything, the old one nothing any more\./);
	const second = {...environment, COFFER_PASSPHRASE_FILE: host.path('second')};
	await succeed(t, host, ['key', 'export', 'recovery.json', '--code-file', 'code'], {environment: second});
	const code = readFileSync(host.path('code'), 'utf8').trim();
	t.regex(code, /^(?:[\dA-HJKMNP-TV-Z]{5}-){7}[\dA-HJKMNP-TV-Z]{5}$/);
	const spelt = writeSecret(host, 'spelt', code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o'));
	await succeed(t, host, ['status'], {environment: {...environment, COFFER_PASSPHRASE_FILE: spelt}});
	const mistyped = writeSecret(host, 'mistyped', code.slice(0, 6) + (code[6] === 'A' ? 'B' : 'A') + code.slice(7));
	const {code: exit, stderr} = await host.runHere(['status'], {environment: {...environment, COFFER_PASSPHRASE_FILE: mistyped}});
	t.is(exit, 12);
	t.regex(stderr, /group 2 is mistyped/);
	t.false(stderr.includes(code.slice(0, 5)));
});

test('a key that systemd hands over is rotated into another file', async t => {
	const host = await createHost(t);
	const credentials = host.path('credentials');
	const environment = {...host.environment, CREDENTIALS_DIRECTORY: credentials};
	await succeed(t, host, ['key', 'add', '--role', 'owner', '--label', 'service', '--new-key-file', 'credentials/coffer.key']);
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository}));
	const refused = await host.runHere(['key', 'rotate'], {environment});
	t.is(refused.code, 2);
	t.regex(refused.stderr, /credentials\/coffer\.key was handed over by systemd, which takes no new one back\. [^\n]*--new-key-file FILE/);
	const rotated = await succeed(t, host, ['key', 'rotate', '--new-key-file', 'next.key'], {environment});
	t.regex(rotated.stdout, /The new key file is \S+next\.key: bring it now to where the key comes from/);
	t.is((await host.runHere(['status'], {environment})).code, 12);
	await succeed(t, host, ['status', '--key-file', 'next.key']);

	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {command: ['cat', host.path('next.key')]}}));
	const program = await host.runHere(['key', 'rotate']);
	t.is(program.code, 2);
	t.regex(program.stderr, /comes from a program or a variable that the configuration names, so it cannot be replaced there/);
	await succeed(t, host, ['status']);
});

test('an expiry is a date, a time, or days from now', t => {
	const now = Date.UTC(2026, 10, 22, 12);
	t.deepEqual(['2027-01-31', '2027-01-31T18:00:00Z', '2027-01-31T18:00+02:00', '90d'].map(text => parseExpiry(text, now)), ['2027-01-31T00:00:00.000Z', '2027-01-31T18:00:00.000Z', '2027-01-31T16:00:00.000Z', '2027-02-20T12:00:00.000Z']);
	for (const text of ['', '0d', '90', '2027', '2027-02-30', '2027-13-01', '31.1.2027', '2027-01-31T25:00:00Z', '2027-01-31T18:00:00', 'tomorrow', '999999d']) {
		t.throws(() => parseExpiry(text, now), {message: /--expires takes a date/}, text);
	}
});
