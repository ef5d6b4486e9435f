import {spawnSync} from 'node:child_process';
import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import {formatArchiveName, parseArchiveName} from '../../../source/engine/archives/archive-name.ts';
import {decodeChecksumFile, encodeChecksumFile} from '../../../source/engine/archives/checksum-file.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {lackOf} from '../../helpers/old-archives.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {createFolder} from '../../helpers/source-folder.ts';

const at = (...parts: [number, number, number, number, number, number]): number => new Date(...parts).getTime();

test('names of archives tell what and when, in the time of this machine', t => {
	const expected: ReadonlyArray<readonly [string, string, number | undefined]> = [
		['c-and-c-crm-git-backup-20250807-212032.tar.gz.enc', 'c-and-c-crm-git-backup', at(2025, 7, 7, 21, 20, 32)],
		['c-and-c-crm-db-backup-20250807-212033.sql.enc', 'c-and-c-crm-db-backup', at(2025, 7, 7, 21, 20, 33)],
		['db_20250807_212033.sql.gz.enc', 'db', at(2025, 7, 7, 21, 20, 33)],
		['db.20250807T212033.sql.enc', 'db', at(2025, 7, 7, 21, 20, 33)],
		['a-20240229-000000.tar.gz.enc', 'a', at(2024, 1, 29, 0, 0, 0)],
		['a-20230229-000000.tar.gz.enc', 'a-20230229-000000', undefined],
		['a-20251301-000000.tar.gz.enc', 'a-20251301-000000', undefined],
		['a-20250101-240000.tar.gz.enc', 'a-20250101-240000', undefined],
		['a-20250101-006000.tar.gz.enc', 'a-20250101-006000', undefined],
		['backup.tar.gz.enc', 'backup', undefined],
		['.tar.gz.enc', '.tar.gz.enc', undefined],
		['20250807-212032.tar.gz.enc', '20250807-212032', undefined],
		['a-20250807-212032', 'a', at(2025, 7, 7, 21, 20, 32)],
		['a\uD800-20250807-212032.sql.enc', 'a\uFFFD', at(2025, 7, 7, 21, 20, 32)],
	];
	for (const [file, source, timeMs] of expected) {
		t.deepEqual(parseArchiveName(file), {source, ...(timeMs !== undefined && {timeMs})}, file);
	}
});

test('what is written is read back, and is harmless in a shell', t => {
	fc.assert(fc.property(fc.string({unit: 'binary'}), fc.integer({min: 0, max: 4_000_000_000}), (source, seconds) => {
		const name = formatArchiveName(source, seconds * 1000);
		t.regex(name, /^\w[\w.-]*-\d{8}-\d{6}\.tar\.gz\.enc$/);
		t.true(name.length < 200);
		t.is(parseArchiveName(name).timeMs, seconds * 1000);
	}), {numRuns: 300});
	t.is(formatArchiveName('/etc,/usr/share', at(2026, 10, 21, 8, 4, 5)), 'etc-usr-share-20261121-080405.tar.gz.enc');
	t.is(formatArchiveName('../..', at(2026, 10, 21, 8, 4, 5)), 'snapshot-20261121-080405.tar.gz.enc');
});

const digest = createHash('sha256').update('content').digest('hex');

optionalTest(lackOf('sha256sum'), 'sha256sum reads the file with the checksum, whatever the name', t => {
	const names = ['plain.enc', 'with space.enc', 'back\\slash', 'line\nend', 'both\\\n', '-dash'];
	const folder = createFolder(t, Object.fromEntries(names.map(name => [name, 'content'])));
	for (const name of names) {
		const {status, stderr} = spawnSync('sha256sum', ['-c', '--strict'], {cwd: folder, input: encodeChecksumFile(digest, name), encoding: 'utf8'});
		t.is(status, 0, stderr);
		t.is(decodeChecksumFile(encodeChecksumFile(digest, name), 'x'), digest);
	}

	t.is(decodeChecksumFile(spawnSync('sha256sum', ['plain.enc'], {cwd: folder, encoding: 'utf8'}).stdout, 'x'), digest);
	t.is(decodeChecksumFile(spawnSync('sha256sum', ['line\nend'], {cwd: folder, encoding: 'utf8'}).stdout, 'x'), digest);
});

test('digits alone are a checksum, too; anything else is refused', t => {
	t.is(decodeChecksumFile(digest, 'x'), digest);
	t.is(decodeChecksumFile(`${digest.toUpperCase()} *x`, 'x'), digest);
	for (const text of ['', 'x', digest.slice(1), `${digest}0`, `# ${digest}`, Buffer.alloc(100).toString()]) {
		refuses(t, () => decodeChecksumFile(text, '/a.sha256'), 'damaged', /^\/a\.sha256 holds no SHA-256/);
	}
});
