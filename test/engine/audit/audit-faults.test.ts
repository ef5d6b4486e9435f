import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {appendFileSync, chmodSync, mkdirSync, rmdirSync, statSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {systemAuditFiles, type AuditFileSystem} from '../../../source/engine/audit/audit-files.ts';
import {auditFilesIn, createAuditLog, verifyFolder} from '../../helpers/audit-log.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {straceLack} from '../../helpers/strace.ts';

const script = fileURLToPath(new URL('../../helpers/audit-process.ts', import.meta.url));
const isRoot = process.geteuid?.() === 0;

type Failure = 'error' | 'pulled plug' | 'half';

/** The K-th call fails: `error`: it alone; `pulled plug`: it and all later ones; `half`: it writes half of what it was given, and all later ones fail. */
function createFailingFiles(failing: number, failure: Failure): {readonly fileSystem: AuditFileSystem; readonly calls: string[]} {
	const calls: string[] = [];
	const fail = (name: string) => {
		throw Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), {code: 'ENOSPC', syscall: name});
	};

	const fileSystem = Object.fromEntries(Object.entries(systemAuditFiles).map(([name, call]) => [name, (...parameters: unknown[]) => {
		calls.push(name);
		if (calls.length > failing && failing > 0 && failure !== 'error') {
			fail(name);
		}

		if (calls.length === failing) {
			if (failure === 'half' && name === 'writeSync') {
				const [descriptor, bytes, offset, length, position] = parameters as Parameters<AuditFileSystem['writeSync']>;
				return systemAuditFiles.writeSync(descriptor, bytes, offset, Math.floor(length / 2), position);
			}

			fail(name);
		}

		return (call as (...all: unknown[]) => unknown)(...parameters);
	}])) as unknown as AuditFileSystem;
	return {fileSystem, calls};
}

test('every call of an append fails, or the process ends there: what was noted stays, and the next append goes on', t => {
	let count = 0;
	for (const [torn, fullBytes] of [[false, 700], [false, 70_000], [true, 70_000]] as const) {
		for (const failure of ['error', 'pulled plug', 'half'] as const) {
			for (let failing = 1; ; failing++) {
				const first = createAuditLog(t, {fullBytes});
				first.append(1);
				first.append(2);
				if (torn) {
					appendFileSync(first.log.file, '{"number":3,"time":"2026');
				}

				const {fileSystem, calls} = createFailingFiles(failing, failure);
				const failed = createAuditLog(t, {stateFolder: first.stateFolder, fileSystem, fullBytes});
				const about = `${failure} at call ${failing}${torn ? ' behind a torn line' : ''}`;
				let isNoted = true;
				try {
					failed.append(3);
				} catch (error) {
					t.is((error as {code?: string}).code, 'audit-failed', about);
					isNoted = false;
				}

				if (calls.length < failing) {
					t.true(isNoted);
					break;
				}

				count++;
				const after = first.verify();
				t.is(after.flaw, undefined, `${about}: ${after.flaw?.message}`);
				t.true(after.entries >= 2, about);
				// A half of a write is written to its end: the call does not fail.
				t.true(isNoted || after.head!.number <= 4, about);
				first.append(4);
				const {flaw, entries, isTorn, head} = first.verify();
				t.is(flaw, undefined, `${about}: ${flaw?.message}`);
				t.false(isTorn);
				t.true(entries >= 3);
				t.deepEqual(first.log.head(), {number: head!.number, mac: head!.mac});
			}
		}
	}

	t.true(count > 30);
	t.log(`${count} failures`);
});

test('a full disk: nothing is noted, the file is as it was, and the error says what to do', t => {
	const {stateFolder, append, log} = createAuditLog(t);
	append(1);
	const {size} = statSync(log.file);
	const {fileSystem, calls} = createFailingFiles(-1, 'error');
	createAuditLog(t, {stateFolder, fileSystem}).append(2);
	const failing = calls.indexOf('writeSync') + 1;
	t.true(failing > 0);
	const {size: second} = statSync(log.file);
	t.true(second > size);
	const full = createAuditLog(t, {stateFolder, fileSystem: createFailingFiles(failing, 'error').fileSystem});
	refuses(t, () => full.append(3), 'audit-failed', /could not be written: ENOSPC.*\. To go on, free space on its file system\.$/);
	t.is(statSync(log.file).size, second);
	t.is(log.head()!.number, 2);
});

test('a state that cannot be written: nothing gets into the log, and what is remembered is still compared with it', t => {
	const {log, stateFolder, append} = createAuditLog(t);
	append(1);
	log.close();
	const {size} = statSync(log.file);
	const obstacle = path.join(stateFolder, 'state.db-wal');
	mkdirSync(obstacle);
	refuses(t, () => append(2), 'audit-failed', /could not be written: .*unable to open.*To go on, see that there is room on the file system of .*, and that this user may write there\.$/);
	t.is(statSync(log.file).size, size);
	const opened = log.open();
	t.is(opened.known?.number, 1);
	opened.close();
	rmdirSync(obstacle);
	t.is(append(2).number, 2);
});

optionalTest(isRoot ? undefined : 'root alone can start a process of another user', 'a log that this user may not write: an error that says so; reading it goes on', t => {
	const {stateFolder, append, log, verify} = createAuditLog(t);
	append(1);
	for (const folder of [path.dirname(path.dirname(stateFolder)), path.dirname(stateFolder), stateFolder]) {
		chmodSync(folder, 0o755);
	}

	const {status, stderr} = spawnSync(process.execPath, [script, stateFolder, '1'], {uid: 65_534, gid: 65_534, encoding: 'utf8'});
	t.is(status, 1);
	t.regex(stderr, /audit-failed/);
	t.is(log.head()!.number, 1);
	t.is(verify().flaw, undefined);
});

optionalTest(isRoot && spawnSync('unshare', ['--mount', 'true']).status === 0 ? undefined : 'root alone can mount, and not in every container', 'a real full file system, and a read-only one', t => {
	const {stateFolder} = createAuditLog(t);
	mkdirSync(stateFolder, {recursive: true});
	const run = (options: string, commands: string) => spawnSync('unshare', ['--mount', 'sh', '-c', `mount -t tmpfs -o ${options} tmpfs "$1" && ${commands}`, 'sh', stateFolder, process.execPath, script], {encoding: 'utf8'});
	const full = run('size=256k', '"$2" "$3" "$1" 2 && dd if=/dev/zero of="$1/ballast" bs=4k 2>/dev/null; for i in 1 2 3 4 5 6 7 8 9 10; do "$2" "$3" "$1" 1 || { echo refused; break; }; done; rm "$1/ballast"; "$2" "$3" "$1" 1');
	t.regex(full.stdout, /^1\n2\n(?:\d+\n)*refused\n\d+\n$/);
	t.regex(full.stderr, /audit-failed/);
	const readOnly = run('size=1m', '"$2" "$3" "$1" 1 && mount -o remount,ro "$1" && "$2" "$3" "$1" 1');
	t.is(readOnly.stdout, '1\n');
	t.regex(readOnly.stderr, /audit-failed/);
});

test('processes that write at once: one chain, and every entry of each', async t => {
	const {stateFolder, log, verify} = createAuditLog(t, {fullBytes: 20_000});
	const children = Array.from({length: 3}, () => spawn(process.execPath, [script, stateFolder, '40'], {stdio: ['ignore', 'pipe', 'pipe']}));
	const said = await Promise.all(children.map(async child => {
		let text = '';
		child.stdout.setEncoding('utf8').on('data', (part: string) => {
			text += part;
		});
		const [code] = await once(child, 'close') as [number];
		t.is(code, 0);
		return text.trimEnd().split('\n').map(Number);
	}));
	t.deepEqual(said.flat().toSorted((a, b) => a - b), Array.from({length: 120}, (_, index) => index + 1));
	t.like(verify(), {entries: 120, flaw: undefined, recovered: 0});
	t.log(`${auditFilesIn(log.folder).length} files`);
});

optionalTest(straceLack, 'killed at every write, fsync, rename and truncation: what was said to be noted is there, the chain holds, and the next append goes on', t => {
	let kills = 0;
	for (const [call, times] of [['pwrite64', [1, 2, 4, 7, 11, 16]], ['fsync', [1, 2, 3]], ['rename', [1, 2]], ['fchmod', [1]]] as const) {
		for (const when of times) {
			const {stateFolder, append, verify} = createAuditLog(t, {fullBytes: 900});
			append(1);
			appendFileSync(path.join(stateFolder, 'audit', 'a'.repeat(32), 'audit.jsonl'), '{"number":2');
			const {signal, stdout} = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${when}`, process.execPath, script, stateFolder, '3'], {encoding: 'utf8', env: {...process.env, UV_THREADPOOL_SIZE: '1'}});
			kills += Number(signal === 'SIGKILL');
			const told = Math.max(1, ...stdout.trimEnd().split('\n').map(Number));
			const {flaw, head} = verify();
			t.is(flaw, undefined, `${call} ${when}: ${flaw?.message}`);
			t.true(head!.number >= told, `${call} ${when}`);
			append(9);
			t.like(verify(), {flaw: undefined, isTorn: false}, `${call} ${when}`);
		}
	}

	t.true(kills > 5);
	t.log(`${kills} kills`);
});

test('a log that cannot be opened for verification is an error, not an empty log', t => {
	const {log, append} = createAuditLog(t);
	append(1);
	mkdirSync(path.join(log.folder, 'audit-000001.jsonl'));
	refuses(t, () => log.open(), 'audit-failed', /could not be read/);
	t.throws(() => verifyFolder(log.folder));
});
