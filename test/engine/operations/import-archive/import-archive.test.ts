import {createHash} from 'node:crypto';
import {mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type {EngineEvent} from '../../../../source/engine/events.ts';
import {importArchive} from '../../../../source/engine/operations/import-archive/import-archive.ts';
import {verifyArchive} from '../../../../source/engine/operations/import-archive/verify-archive.ts';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import {listSnapshots} from '../../../../source/engine/repository/repository.ts';
import {lackOf, shell, writeOldArchive, handmadeTar} from '../../../helpers/old-archives.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createTestRepository, readSnapshot} from '../../../helpers/repository-session.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';

const lack = lackOf('openssl', 'tar', 'gzip');
const password = Buffer.from('old secret');

/** The commands of the old scripts, word by word but for names. */
const ways: ReadonlyArray<readonly [flags: string, found: string]> = [
	['-pbkdf2 -iter 100000', '-pbkdf2 -iter 100000'],
	['-pbkdf2', '-pbkdf2 -iter 10000'],
	['-pbkdf2 -iter 600000', '-pbkdf2 -iter 600000'],
	['', '-md sha256'],
	['-md md5', '-md md5'],
];

for (const [flags, found] of ways) {
	optionalTest(lack, `archives as "openssl enc -aes-256-cbc -salt ${flags}" writes them, of a tar.gz, a dump, and a packed dump`, async t => {
		const runtime = createTestRuntime();
		const {session} = await createTestRepository(runtime);
		const folder = createFolder(t, {'data/a.txt': 'first', 'data/deep/er/b.bin': Buffer.alloc(200_000, 'abc'), 'dump.sql': `-- dump\n${'INSERT INTO t VALUES (1);\n'.repeat(5000)}`, '.backup_key': 'old secret\n'});
		symlinkSync('a.txt', path.join(folder, 'data/link'));
		shell([
			'tar -czf backup.tar.gz data',
			`openssl enc -aes-256-cbc -salt -in backup.tar.gz -out git-backup-20250807-212032.tar.gz.enc -pass file:.backup_key ${flags}`,
			`openssl enc -aes-256-cbc -salt -in dump.sql -out db-backup-20250807-212033.sql.enc -pass file:.backup_key ${flags}`,
			`gzip -k dump.sql; openssl enc -aes-256-cbc -salt -in dump.sql.gz -out db-backup-20250808-212033.sql.gz.enc -pass file:.backup_key ${flags}`,
		].join('\n'), folder);
		for (const [name, source, time] of [
			['git-backup-20250807-212032.tar.gz.enc', 'git-backup', [7, 21, 20, 32]],
			['db-backup-20250807-212033.sql.enc', 'db-backup', [7, 21, 20, 33]],
			['db-backup-20250808-212033.sql.gz.enc', 'db-backup', [8, 21, 20, 33]],
		] as const) {
			const file = path.join(folder, name);
			const [day, hour, minute, second] = time;
			const {archive, snapshot, unreadable} = await importArchive(session, {path: file, password, tags: ['old'], class: 'daily'});
			t.like(archive, {source, time: new Date(2025, 7, day, hour, minute, second).toISOString(), timeFrom: 'name', derivation: found, hasChecksum: false, content: name.includes('tar') ? 'tar' : 'file'});
			t.is(unreadable, 0);
			t.is(snapshot!.source, source);
			const again = await importArchive(session, {path: file, password});
			t.is(again.known, snapshot!.id);
			t.is(again.snapshot, undefined);
		}

		const {snapshots, problems} = await listSnapshots(session);
		t.deepEqual(problems, []);
		t.deepEqual(snapshots.map(({source, tags, class: kind}) => [source, kind, ...tags]), [['git-backup', 'daily', 'old'], ['db-backup', 'daily', 'old'], ['db-backup', 'daily', 'old']]);
		t.is(snapshots[2]!.previous!.id, snapshots[1]!.id);
		t.is(snapshots[2]!.previous!.sha256, snapshots[1]!.sha256);
		t.is(snapshots[1]!.previous, undefined);
		const files = await readSnapshot(session, snapshots[0]!);
		t.deepEqual([...files.keys()], ['/data', '/data/a.txt', '/data/deep', '/data/deep/er', '/data/deep/er/b.bin', '/data/link']);
		t.is(files.get('/data/a.txt')!.content!.toString(), 'first');
		t.is(files.get('/data/link')!.node.target, 'a.txt' as never);
		const digest = createHash('sha256').update(readFileSync(path.join(folder, 'dump.sql'))).digest('hex');
		for (const snapshot of snapshots.slice(1)) {
			t.is((await readSnapshot(session, snapshot)).get('/db-backup.sql')!.sha256, digest);
		}

		t.deepEqual((await verify(session, {readData: {fraction: 1}})).problems, []);
	});
}

test('a wrong key: said with what was tried; nothing is stored', async t => {
	const runtime = createTestRuntime();
	const {session, storage} = await createTestRepository(runtime);
	const folder = createFolder(t);
	const file = path.join(folder, 'x-20250101-000000.tar.gz.enc');
	writeOldArchive(file, handmadeTar([{name: 'a', content: 'b'}]), 'right');
	await refusesAsync(t, async () => verifyArchive(runtime, {path: file, password: Buffer.from('wrong')}), 'key-wrong', /does not open \S+x-20250101-000000\.tar\.gz\.enc\. Tried: -pbkdf2 -iter 100000, .* -md md5, .*--iterations/);
	await refusesAsync(t, async () => importArchive(session, {path: file, password: Buffer.from('wrong')}), 'key-wrong');
	t.deepEqual(await storage.list('snapshots'), []);
});

test('a name without a time: the time of the file, and said', async t => {
	const runtime = createTestRuntime();
	const {session} = await createTestRepository(runtime);
	const folder = createFolder(t);
	mkdirSync(path.join(folder, 'x'));
	const events: EngineEvent[] = [];
	for (const name of ['plain.tar.gz.enc', 'future-20990101-000000.tar.gz.enc']) {
		const file = path.join(folder, name);
		writeOldArchive(file, handmadeTar([{name: 'a', content: 'b'}]), 'right');
		utimesSync(file, 1_600_000_000, 1_600_000_000);
		const {archive} = await importArchive(session, {path: file, password: Buffer.from('right')}, {onEvent(event) {
			events.push(event);
		}});
		t.like(archive, {time: '2020-09-13T12:26:40.000Z', timeFrom: 'mtime', source: name.startsWith('plain') ? 'plain' : 'future'});
	}

	t.deepEqual(events.filter(({event}) => event === 'warning'), []);
	writeFileSync(path.join(folder, 'x/y'), '');
});
