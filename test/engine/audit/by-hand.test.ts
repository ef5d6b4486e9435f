import {spawnSync} from 'node:child_process';
import {createHmac, hkdfSync} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import {withAuditKey} from '../../../source/engine/audit/audit-key.ts';
import {readLines} from '../../helpers/audit-log.ts';
import {createTestRepository} from '../../helpers/repository-session.ts';
import {createEngineHost, type EngineHost} from '../../helpers/test-engine.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';
import type {Engine} from '../../../source/engine/engine.ts';

const documentation = readFileSync(fileURLToPath(new URL('../../../docs/audit-log.md', import.meta.url)), 'utf8');
/** The snippets of the page, in their order. */
const [deriving = '', verifying = ''] = [...documentation.matchAll(/^```sh\n(?<code>.*?)^```$/gms)].map(({groups}) => groups!['code']!);

const bash = (script: string, parameters: readonly string[]) => spawnSync('bash', ['-c', script, 'bash', ...parameters], {encoding: 'utf8'});

/** What the page says, in a few lines of its own: the number of entries, or of the first bad one. */
function verifyAlone(lines: readonly string[], key: Uint8Array): {readonly entries: number} | {readonly bad: number} {
	let previous = '0'.repeat(64);
	for (const [index, line] of lines.entries()) {
		const mac = createHmac('sha256', key).update(`${line.slice(0, line.lastIndexOf(',"mac":"'))}}`).digest('hex');
		const entry = JSON.parse(line) as {number: number; previous: string; mac: string};
		if (entry.number !== index + 1 || entry.previous !== previous || entry.mac !== mac) {
			return {bad: index + 1};
		}

		previous = mac;
	}

	return {entries: lines.length};
}

async function createLog(t: ExecutionContext): Promise<{readonly host: EngineHost; readonly engine: Engine; readonly file: string; readonly lines: readonly string[]}> {
	const host = await createEngineHost(t);
	const engine = await host.open();
	await engine.backup({source: {...host.source, paths: [host.data]}});
	await t.throwsAsync(engine.keys.remove('"quoted", \\ and ü'));
	return {host, engine, file: path.join(engine.audit.folder, 'audit.jsonl'), lines: readLines(engine.audit.folder)};
}

test('the key of the log, made with openssl as the page says, is that of the program', async t => {
	const {session} = await createTestRepository(createTestRuntime());
	const {keys: {authorityPublicKey}, keyring} = session.slot;
	const key = withAuditKey(session, secret => secret.toString('hex'));
	t.is(Buffer.from(hkdfSync('sha256', authorityPublicKey, Buffer.from(keyring.repository.id, 'hex'), 'coffer audit log', 32)).toString('hex'), key);
	const {stdout, stderr} = bash(`authority=$1 repository=$2\n${deriving}\nprintf %s "$key"`, [authorityPublicKey.toString('hex'), keyring.repository.id]);
	t.is(stdout, key, stderr);
});

test('a log is verified with bash, openssl and jq as the page says, and by another program', async t => {
	const {engine, host, file, lines} = await createLog(t);
	const key = readFileSync(path.join(engine.audit.folder, 'key'), 'utf8').trim();
	const verify = (changed: readonly string[]) => {
		const copy = path.join(host.folder, 'copy.jsonl');
		writeFileSync(copy, changed.map(line => `${line}\n`).join(''));
		return {shell: bash(`${verifying}\nverify_log "$@"`, [key, copy]).stdout.trim(), own: verifyAlone(changed, Buffer.from(key, 'hex'))};
	};

	const head = engine.audit.head()!;
	t.is(lines.length, 5);
	t.deepEqual(verify(lines), {shell: `5 entries; the end is ${head.number}:${head.mac}`, own: {entries: 5}});
	t.deepEqual(verify(lines.with(2, lines[2]!.replace('"ok"', '"failed"'))), {shell: 'entry 3 is bad', own: {bad: 3}});
	t.deepEqual(verify(lines.toSpliced(1, 1)), {shell: 'entry 2 is bad', own: {bad: 2}});
	t.deepEqual(verify(lines.with(1, lines[2]!).with(2, lines[1]!)), {shell: 'entry 2 is bad', own: {bad: 2}});
	t.true(readFileSync(file, 'utf8').endsWith(`${lines.at(-1)}\n`));
});

test('every operation of the program stands on the page', t => {
	const {groups} = /^## What is noted\n(?<part>.*?)^## /ms.exec(documentation)!;
	const words = new Set([...groups!['part']!.matchAll(/`(?<word>[a-z-]+)`/g)].map(match => match.groups!['word']));
	const source = readFileSync(fileURLToPath(new URL('../../../source/engine/audit/audit-entry.ts', import.meta.url)), 'utf8');
	const [, list = ''] = /auditOperations = \[(.*?)\]/s.exec(source)!;
	const operations = [...list.matchAll(/'(?<name>[a-z-]+)'/g)].map(match => match.groups!['name']);
	t.true(operations.length > 20);
	t.deepEqual(operations.filter(operation => !words.has(operation)), []);
});
