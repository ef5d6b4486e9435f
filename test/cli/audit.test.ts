import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {readLines, writeLines} from '../helpers/audit-log.ts';
import {prepareHost} from '../helpers/command-examples.ts';
import {prepareRoles} from '../helpers/key-hosts.ts';
import {TestHost} from '../helpers/run-coffer.ts';

type Entry = {number: number; operation: string; result: string; user: string; from: string; role?: string; slot?: string; objects: string[]; detail?: string; isAuthentic: boolean};

async function createHost(t: ExecutionContext): Promise<TestHost> {
	const host = new TestHost(t);
	await prepareHost(host);
	return host;
}

/** Where the log of the host's repository lies. */
function folderOf(host: TestHost): string {
	const audit = path.join(host.stateFolder, 'audit');
	const [repository = ''] = readdirSync(audit);
	return path.join(audit, repository);
}

const entriesOf = async (host: TestHost, ...argv: readonly string[]): Promise<Entry[]> => (await host.runHere(['audit', 'show', '--json', ...argv])).json()[0] as unknown as Entry[];

test('show: who did what, since when, of which operation; for people and as JSON', async t => {
	const host = await createHost(t);
	await host.runHere(['forget', 'latest', '--dry-run']);
	await host.runHere(['forget', 'latest'], {environment: {...host.environment, SSH_CONNECTION: '192.0.2.7 4711 192.0.2.1 22', SUDO_USER: 'anna'}});
	await host.runHere(['backup'], {isTerminal: true});
	const entries = await entriesOf(host);
	t.deepEqual(entries.map(({operation, result}) => `${operation} ${result}`), ['init ok', 'backup begun', 'backup ok', 'forget begun', 'forget ok', 'backup begun', 'backup ok']);
	t.true(entries.every(({isAuthentic, role}) => isAuthentic && role === 'owner'));
	t.deepEqual(entries.map(({from}) => from), ['program', 'program', 'program', 'ssh 192.0.2.7', 'ssh 192.0.2.7', 'terminal', 'terminal']);
	t.regex(entries[3]!.user, /^\S+, by anna$/);
	t.deepEqual((await entriesOf(host, '--operation', 'forget')).map(({number}) => number), [4, 5]);
	t.is((await entriesOf(host, '--since', '1h')).length, 7);
	const {code, stdout} = await host.runHere(['audit']);
	t.is(code, 0);
	t.regex(stdout, /^NUMBER +TIME +OPERATION +RESULT +WHO +FROM +WHAT\n/);
	t.regex(stdout, /^ +5 +\S+ \S+ +forget +ok +\S+, by anna \(owner [\da-f]{8}\) +ssh 192\.0\.2\.7 +asked for latest; snapshot [\da-f]{32} of data$/m);
	t.is((await host.runHere(['audit', 'show', '--since', 'tomorrow'])).code, 2);
	t.is((await host.runHere(['audit', 'show', '--accept', 'x'])).code, 2);
	t.is((await host.runHere(['audit', 'dance'])).code, 2);
});

test('verify: the first bad entry and 13; the monitor and the audit job raise one alert, which ends when somebody has accepted it', async t => {
	const host = await createHost(t);
	await host.runHere(['verify']);
	const intact = await host.runHere(['audit', 'verify']);
	t.is(intact.code, 0, intact.stderr);
	t.regex(intact.stdout, /^ok \S+: 5 entries in 1 file, as they were written\.\nCompared with 2 earlier ends .* the last is entry 5 \(this host\)\.\nIt ends with 5:[\da-f]{64}\./);
	const folder = folderOf(host);
	const lines = readLines(folder);
	writeLines(folder, lines.toSpliced(2, 1));
	const broken = await host.runHere(['audit', 'verify']);
	t.is(broken.code, 13);
	t.true(broken.stdout.startsWith(`wrong ${folder}/audit.jsonl, line 3, entry 3: entry 4 stands where 3 should: entry 3 is missing`), broken.stdout);
	t.like((await host.runHere(['audit', 'verify', '--json'])).json()[0], {isIntact: false, flaw: {file: 'audit.jsonl', line: 3, number: 3}, entries: 2, place: folder});
	t.regex(host.log('security'), /audit log: entry 4 stands where 3 should/);

	const alerts = async () => (await host.runHere(['monitor', '--json'])).json()[0] as unknown as Array<Record<string, string>>;
	const found = (await alerts()).filter(({kind}) => kind === 'audit-log');
	t.is(found.length, 1);
	t.like(found[0], {severity: 'critical', object: folder});
	t.regex(found[0]!['cause']!, /entry 3 is missing/);
	t.is((await host.runHere(['schedule', 'run', 'audit'])).code, 21);
	t.regex(host.log('security'), /"part":"audit log"/);
	t.is((await alerts()).filter(({kind}) => kind === 'audit-log').length, 1, 'the same alert');

	t.is((await host.runHere(['audit', 'verify', '--accept', 'it was me'])).code, 0);
	t.is((await alerts()).filter(({kind}) => kind === 'audit-log').length, 0);
	const accepted = await host.runHere(['audit', 'verify']);
	t.regex(accepted.stdout, /^Accepted by \S+ on \S+ \(it was me\): line 3 of audit\.jsonl: .*\nok /);
	t.deepEqual((await entriesOf(host)).slice(-2).map(({operation, result}) => `${operation} ${result}`), ['audit failed', 'audit-accept ok']);
});

test('export: a new file, which any role verifies on any host', async t => {
	const host = new TestHost(t);
	await prepareRoles(host);
	await host.runHere(['backup', 'data', '--key-file', 'backup.key']);
	const file = host.path('log.jsonl');
	t.is((await host.runHere(['audit', 'export', file, '--key-file', 'auditor.key'])).code, 0);
	t.is((await host.runHere(['audit', 'export', file])).code, 1, 'it is there already');
	t.is((await host.runHere(['audit', 'export'])).code, 2);
	const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
	t.like(JSON.parse(lines.at(-1)!), {operation: 'backup', role: 'backup'});
	const elsewhere = {environment: {...host.environment, XDG_STATE_HOME: host.path('elsewhere')}};
	for (const role of ['owner', 'backup', 'auditor']) {
		const outcome = await host.runHere(['audit', 'verify', '--file', 'log.jsonl', '--key-file', `${role}.key`], elsewhere);
		t.is(outcome.code, 0, `${role}: ${outcome.stderr}`);
		t.regex(outcome.stdout, /^ok /);
		t.is((await host.runHere(['audit', 'verify', '--key-file', `${role}.key`])).code, 0);
	}

	writeFileSync(file, `${lines.with(2, lines[2]!.replace('"operation":"', '"operation":"key-')).join('\n')}\n`);
	const broken = await host.runHere(['audit', 'verify', '--file', 'log.jsonl'], elsewhere);
	t.is(broken.code, 13);
	t.regex(broken.stdout, /log\.jsonl, line 3, entry 2/);
	t.is((await host.runHere(['audit', 'verify', '--file', 'log.jsonl', '--accept', 'x'])).code, 2);
});

test('a rotation with re-encryption keeps it verifiable, and notes the new key', async t => {
	const host = await createHost(t);
	t.is((await host.runHere(['key', 'rotate', '--reencrypt'])).code, 0);
	t.is((await host.runHere(['audit', 'verify'])).code, 0);
	const [begun, ended] = await entriesOf(host, '--operation', 'key-rotate');
	t.not(begun!.slot, ended!.slot);
	t.true(ended!.objects.some(object => object.startsWith('epoch ')) && ended!.objects.includes(`key ${ended!.slot}`));
	t.is(begun!.detail, 'with re-encryption');
});

test('what changes how backups are made is noted without opening the repository, and not done where it cannot be noted', async t => {
	const host = await createHost(t);
	const editor = host.path('editor');
	writeFileSync(editor, '#!/bin/sh\nsed -i \'s/{/{ /\' "$1"\n', {mode: 0o755});
	const edit = async () => host.runHere(['config', 'edit'], {isTerminal: true, environment: {...host.environment, EDITOR: editor}});
	t.is((await edit()).code, 0);
	const entries = await entriesOf(host, '--operation', 'config-edit');
	t.deepEqual(entries.map(({result, role, from, objects}) => [result, role, from, objects]), [['begun', undefined, 'terminal', [host.configFile]], ['ok', undefined, 'terminal', [host.configFile]]]);
	t.is((await host.runHere(['audit', 'verify'])).code, 0);

	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: ['data', 'other'].map(name => ({name, paths: [host.path('data')]}))}));
	await host.runHere(['monitor']);
	t.is((await host.runHere(['alerts', 'ack', 'never', '--note', 'it comes tonight'])).code, 0);
	const [acknowledging, acknowledged] = await entriesOf(host, '--operation', 'alert-acknowledge');
	t.like(acknowledging, {result: 'begun', detail: 'it comes tonight'});
	t.is(acknowledged!.result, 'ok');
	t.regex(acknowledged!.objects[0]!, /^never:.*other$/);

	const before = readFileSync(host.configFile, 'utf8');
	const file = path.join(folderOf(host), 'audit.jsonl');
	rmSync(file);
	mkdirSync(file);
	const refused = await edit();
	t.is(refused.code, 1);
	t.regex(refused.stderr, /audit log .* could not be written.*Nothing was done/s);
	t.is(readFileSync(host.configFile, 'utf8'), before);
	const forget = await host.runHere(['forget', 'latest']);
	t.is(forget.code, 1);
	t.regex(forget.stderr, /^coffer: The audit log \S+ could not be written: .*To go on, .*\. Nothing was done: what cannot be noted there is not done\.\n$/);
	const backup = await host.runHere(['backup']);
	t.is(backup.code, 0);
	t.regex(backup.stderr, /What is done goes on without an entry/);
	t.is((await host.runHere(['restore', 'latest', '--target', './out'])).code, 0);
	t.true(existsSync(host.path('out')));
	t.is((await host.runHere(['audit', 'verify'])).code, 1);
	const alerts = (await host.runHere(['monitor', '--json'])).json()[0] as unknown as Array<Record<string, string>>;
	t.is(alerts.filter(({kind, message}) => kind === 'audit-log' && message === 'the audit log cannot be read').length, 1);
});

test('no repository is made where nothing can be noted, and no key is left', async t => {
	const host = new TestHost(t);
	mkdirSync(path.dirname(host.stateFolder), {recursive: true});
	writeFileSync(host.stateFolder, '');
	const {code, stderr} = await host.runHere(['init']);
	t.is(code, 1);
	t.regex(stderr, /audit log cannot be written/);
	t.false(existsSync(host.repository));
	t.false(existsSync(host.keyFile));
});

test('jobs say who has started them; no secret stands in the log', async t => {
	const host = await createHost(t);
	for (const [trigger, environment, from] of [['timer', {}, 'cron'], ['timer', {INVOCATION_ID: 'a'}, 'systemd'], ['daemon', {}, 'daemon'], ['dashboard', {}, 'dashboard']] as const) {
		t.is((await host.runHere(['schedule', 'run', 'verify', '--trigger', trigger], {environment: {...host.environment, ...environment}})).code, 0);
		t.is((await entriesOf(host)).at(-1)!.from, from);
	}

	const key = /^key +(?<key>[\da-f]{64})$/m.exec(readFileSync(host.keyFile, 'utf8'))!.groups!['key']!;
	const text = readFileSync(path.join(folderOf(host), 'audit.jsonl'), 'utf8');
	const logKey = readFileSync(path.join(folderOf(host), 'key'), 'utf8').trim();
	t.is(logKey.length, 64);
	t.false(text.includes(key) || text.includes(logKey) || logKey === key);
});
