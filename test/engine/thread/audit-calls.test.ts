import path from 'node:path';
import test from 'ava';
import {readLines, writeLines} from '../../helpers/audit-log.ts';
import {createFolder} from '../../helpers/source-folder.ts';
import {createThreadedEngine} from '../../helpers/threaded-engine.ts';

test('from another thread: the audit log, its last entries, and what verifying it gave', async t => {
	const {client, options} = await createThreadedEngine(t, {origin: 'dashboard'});
	const source = {kind: 'files', name: 'files', paths: [createFolder(t, {a: 'a'})]} as const;
	await client.backup({source});
	const look = await client.readAuditLog({limit: 2});
	t.deepEqual(look.entries.map(({number, operation, result, from}) => `${number} ${operation} ${result} ${from}`), ['2 backup begun dashboard', '3 backup ok dashboard']);
	t.like(look.verification, {flaw: undefined, entries: 3});
	const folder = path.join(options.stateFolder, 'audit', (await client.overview()).repositoryId ?? '');
	const lines = readLines(folder);
	writeLines(folder, lines.with(1, lines[1]!.replace('begun', 'ok')));
	const broken = await client.readAuditLog();
	t.like(broken.verification.flaw, {file: 'audit.jsonl', line: 2, number: 2});
	t.deepEqual(broken.entries.map(entry => entry.isAuthentic), [true, false, true]);
});
