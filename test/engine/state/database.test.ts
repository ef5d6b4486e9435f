import {Buffer} from 'node:buffer';
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {DatabaseSync} from 'node:sqlite';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import type {HostState} from '../../../source/engine/state/host-state.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {createTestState, stateTime as time} from '../../helpers/test-state.ts';

const run = {time, outcome: 'ok', durationMs: 1} as const;
const outcomesOf = (state: HostState) => state.sources().flatMap(({runs}) => runs.map(({outcome}) => outcome));
const script = fileURLToPath(new URL('../../helpers/state-process.ts', import.meta.url));

function change(file: string, sql: string): void {
	const database = new DatabaseSync(file);
	database.exec(sql);
	database.close();
}

const damages: ReadonlyArray<readonly [title: string, damage: (file: string) => void]> = [
	['cut to 20 bytes', file => {
		truncateSync(file, 20);
	}],
	['cut in the middle', file => {
		truncateSync(file, Math.floor(statSync(file).size / 2));
	}],
	['empty', file => {
		truncateSync(file, 0);
	}],
	['no database', file => {
		writeFileSync(file, '[]'.repeat(5000));
	}],
	['zeros', file => {
		writeFileSync(file, Buffer.alloc(statSync(file).size));
	}],
	['pages overwritten', file => {
		const bytes = readFileSync(file);
		bytes.fill(0xA5, 4096);
		writeFileSync(file, bytes);
	}],
	['another database', file => {
		rmSync(file);
		change(file, 'CREATE TABLE run (id INTEGER PRIMARY KEY)');
	}],
	['a table is missing', file => {
		change(file, 'DROP TABLE run');
	}],
	['a word that nobody writes', file => {
		change(file, 'UPDATE run SET outcome = \'fine\'');
	}],
	['a count below zero', file => {
		change(file, 'UPDATE run SET duration_ms = -1');
	}],
	['a time that is none', file => {
		change(file, 'UPDATE run SET time = \'soon\'');
	}],
	['a schema of an earlier version', file => {
		change(file, 'PRAGMA user_version = 0');
	}],
];

for (const [title, damage] of damages) {
	test(`a damaged database is set aside with a warning and begun anew: ${title}`, t => {
		const {open, file, stateFolder, warnings} = createTestState(t);
		const before = open();
		before.recordRun('etc', run);
		before.close();
		damage(file);
		const damaged = readFileSync(file);
		const state = open();
		t.deepEqual(state.sources(), []);
		t.is(warnings.length, 1);
		t.regex(warnings[0]!, /was damaged\. It was set aside as \S+state\.db\.damaged-\d+ and is begun anew/);
		t.false(existsSync(file));
		state.recordRun('etc', run);
		t.deepEqual(outcomesOf(open()), ['ok']);
		const aside = readdirSync(stateFolder).filter(name => name.includes('.damaged-'));
		t.is(aside.length, 1);
		t.deepEqual(readFileSync(path.join(stateFolder, aside[0]!)), damaged);
		t.is(warnings.length, 1);
	});
}

for (const sql of ['DROP TABLE run', 'ALTER TABLE run DROP COLUMN error', 'CREATE TRIGGER t BEFORE INSERT ON run BEGIN SELECT RAISE(ABORT, \'no\'); END']) {
	test(`damage is found by writing, too, and what was to be written is: ${sql}`, t => {
		const {open, file, warnings} = createTestState(t);
		const before = open();
		before.recordRun('etc', run);
		before.close();
		change(file, sql);
		const state = open();
		state.recordRun('etc', run);
		t.is(warnings.length, 1);
		t.deepEqual(outcomesOf(state), ['ok']);
	});
}

test('a database of a later version is set aside, and its warning says so', t => {
	const {open, file, warnings} = createTestState(t);
	const before = open();
	before.recordRun('etc', run);
	before.close();
	change(file, 'PRAGMA user_version = 99');
	t.deepEqual(open().sources(), []);
	t.regex(warnings[0]!, /was written by a later version of coffer\. It was set aside/);
});

test('what SQLite keeps beside a database never gets to another one', t => {
	const {open, file, stateFolder, warnings} = createTestState(t);
	const copy = `${stateFolder}-copy`;
	const before = open();
	before.recordRun('etc', run);
	// As a machine that went down leaves it.
	cpSync(stateFolder, copy, {recursive: true});
	before.close();
	for (const [kept, isWarned] of [[['-wal', '-shm'], false], [['', '-wal', '-shm'], true]] as const) {
		rmSync(stateFolder, {recursive: true});
		mkdirSync(stateFolder);
		for (const suffix of kept) {
			cpSync(path.join(copy, `state.db${suffix}`), `${file}${suffix}`);
		}

		if (isWarned) {
			change(file, 'DROP TABLE run; PRAGMA user_version = 99');
		}

		const state = open();
		state.recordRun('www', run);
		t.deepEqual(state.sources().map(({source}) => source), ['www']);
		t.is(warnings.length, Number(isWarned));
		state.close();
		t.deepEqual(open().sources().map(({source}) => source), ['www']);
	}
});

test('a database as a machine that went down leaves it has all that was remembered', t => {
	const {open, file, stateFolder, warnings} = createTestState(t);
	const before = open();
	before.recordRun('etc', run);
	cpSync(stateFolder, `${stateFolder}-copy`, {recursive: true});
	before.close();
	rmSync(stateFolder, {recursive: true});
	renameSync(`${stateFolder}-copy`, stateFolder);
	t.true(existsSync(`${file}-wal`));
	t.deepEqual(outcomesOf(open()), ['ok']);
	t.deepEqual(warnings, []);
});

test('a mistake of our own is no damage: what is remembered stays', t => {
	const {open, warnings} = createTestState(t);
	const state = open();
	state.recordRun('etc', run);
	// NULL where the table wants a value.
	t.throws(() => {
		state.recordRun('etc', {...run, time: undefined as unknown as string});
	}, {code: 'state-failed'});
	t.deepEqual(outcomesOf(state), ['ok']);
	t.deepEqual(warnings, []);
});

test('a database that is taken away under a running process: the next use finds the new one', t => {
	const {open, file, warnings} = createTestState(t);
	const state = open();
	state.recordRun('etc', run);
	renameSync(file, `${file}.old`);
	t.deepEqual(state.sources(), []);
	state.recordRun('www', run);
	t.deepEqual(open().sources().map(({source}) => source), ['www']);
	t.deepEqual(warnings, []);
});

test('nothing of a failed change is kept', t => {
	const {open} = createTestState(t);
	const state = open();
	state.recordRun('etc', run);
	t.throws(() => {
		state.alerts.change({time, compare: () => 0}, () => [{key: 'k', severity: 'warning', firstSeen: time, lastSeen: time}, {key: undefined as unknown as string, severity: 'x', firstSeen: time, lastSeen: time}]);
	}, {code: 'state-failed'});
	t.deepEqual(state.alerts.records(), []);
});

test('a folder that cannot be made is an error that names the file', t => {
	const {open, stateFolder, file} = createTestState(t);
	writeFileSync(stateFolder, 'a file where the folder should be');
	t.deepEqual(open().sources(), []);
	refuses(t, () => {
		open().recordRun('etc', run);
	}, 'state-failed', new RegExp(`could not be written \\(${file}\\)`));
});

test('several processes at once: every run is there, and two that find no database make one', async t => {
	const {open, stateFolder, file} = createTestState(t);
	const [processes, runs] = [4, 25];
	const children = Array.from({length: processes}, (_, number) => spawn(process.execPath, [script, stateFolder, `source-${number}`, String(runs)], {stdio: ['ignore', 'ignore', 'inherit']}));
	const codes = await Promise.all(children.map(async child => (await once(child, 'close'))[0] as number));
	t.deepEqual(codes, Array.from({length: processes}, () => 0));
	const sources = open().sources();
	t.deepEqual(sources.map(each => each.runs.length), Array.from({length: processes}, () => runs));
	t.deepEqual(readdirSync(stateFolder).filter(name => !name.startsWith(path.basename(file)) || name.endsWith('.tmp')), []);
	t.log(`${processes} processes, ${processes * runs} runs and as many activities`);
});

test('a process that is killed while it writes leaves a database with whole changes', async t => {
	const {open, stateFolder, warnings} = createTestState(t);
	const rounds = 4;
	let kept = 0;
	for (let round = 0; round < rounds; round++) {
		const child = spawn(process.execPath, [script, stateFolder, 'etc', '1000000'], {stdio: ['ignore', 'pipe', 'inherit']});
		const ended = once(child, 'close');
		let lines = 0;
		for await (const text of child.stdout) {
			lines += String(text).split('\n').length - 1;
			if (lines > 20 * (round + 1)) {
				child.kill('SIGKILL');
			}
		}

		await ended;
		const {sources, activities} = open().read();
		kept += sources[0]!.runs.length;
		t.true(activities.length <= 1, 'a run and the end of its activity come together');
		open().endActivity(activities[0]?.id ?? '');
	}

	t.deepEqual(warnings, []);
	t.log(`${rounds} kills, ${kept} runs read`);
});

const isRoot = process.geteuid?.() === 0;
const readOnlyLack = isRoot ? undefined : 'only root can give the folder to another user';

optionalTest(readOnlyLack, 'a state that this user may only read is read; writing is an error', t => {
	const {open, stateFolder} = createTestState(t);
	const state = open();
	state.recordRun('etc', run);
	state.close();
	chmodSync(stateFolder, 0o755);
	for (const name of readdirSync(stateFolder)) {
		chmodSync(path.join(stateFolder, name), 0o644);
	}

	const {status, stdout, stderr} = spawnSync(process.execPath, [script, stateFolder, 'etc', '1'], {uid: 65_534, gid: 65_534, encoding: 'utf8'});
	t.is(status, 1, stderr);
	t.regex(stdout, /^remembered 1$/m);
	t.regex(stderr, /What this host remembers could not be written/);
	t.deepEqual(outcomesOf(open()), ['ok']);
});

const mountLack = isRoot && spawnSync('unshare', ['--mount', 'true']).status === 0 ? undefined : 'only root can mount a small file system';

optionalTest(mountLack, 'a full disk: what was remembered stays readable, and goes on once there is room', t => {
	const {open, stateFolder} = createTestState(t);
	mkdirSync(stateFolder, {mode: 0o700});
	let failed = 0;
	const sizes = [4, 40, 64, 84, 100, 120, 160, 400, 3000];
	for (const kibibytes of sizes) {
		t.is(spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', stateFolder]).status, 0);
		try {
			let done = 0;
			const state = open();
			try {
				for (; done < 100; done++) {
					state.recordRun('etc', {...run, outcome: 'failed', error: 'x'.repeat(3000)});
				}
			} catch (error) {
				failed++;
				t.like(error, {code: 'state-failed'});
			}

			t.is(outcomesOf(state).length, done, `${kibibytes} KiB`);
			t.is(spawnSync('mount', ['-o', 'remount,size=4m', stateFolder]).status, 0);
			state.recordRun('etc', run);
			t.is(outcomesOf(state).length, Math.min(done + 1, 100));
			state.close();
		} finally {
			spawnSync('umount', [stateFolder]);
		}
	}

	t.true(failed >= 5 && failed < sizes.length, `${failed}`);
	t.log(`${failed} of ${sizes.length} disks too small: all that had been remembered is readable, and the next run is remembered once there is room`);
});
