import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, mkdirSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {DatabaseSync} from 'node:sqlite';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {ScheduleState} from '../../../source/engine/state/schedule-state.ts';
import {schemaVersion} from '../../../source/engine/state/schema.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {createTestState} from '../../helpers/test-state.ts';

const script = fileURLToPath(new URL('../../helpers/state-process.ts', import.meta.url));
const earlier = readFileSync(new URL('../../fixtures/state-2.sql', import.meta.url), 'utf8');

/** A database as version 2 of the tables has left it. */
function writeEarlier({stateFolder, file}: {readonly stateFolder: string; readonly file: string}): void {
	mkdirSync(stateFolder, {mode: 0o700});
	const database = new DatabaseSync(file);
	database.exec(earlier);
	database.exec('PRAGMA journal_mode = WAL');
	database.close();
}

function describeTables(file: string): unknown {
	const database = new DatabaseSync(file);
	try {
		return {
			tables: database.prepare('SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').all(),
			version: database.prepare('PRAGMA user_version').get(),
		};
	} finally {
		database.close();
	}
}

test('a database of the version before is brought forward: nothing is lost, and its tables are those of a new one', t => {
	const old = createTestState(t);
	writeEarlier(old);
	const state = old.open();
	t.deepEqual(state.sources().map(({source, runs}) => [source, runs.map(({outcome}) => outcome)]), [['etc', ['ok', 'partial']]]);
	t.is(state.checkGeneration(6), 7);
	const schedule = new ScheduleState(old.stateFolder, '/srv/backup', {runtime: old.runtime, warn: t.fail});
	t.is(schedule.noteJobs([{name: 'daily', expression: '0 2 * * *', timeZone: 'UTC'}]).size, 1);
	schedule.close();
	state.close();
	t.deepEqual(old.warnings, []);

	const fresh = createTestState(t);
	fresh.open().recordRun('etc', {time: '2026-11-21T18:46:00.000Z', outcome: 'ok', durationMs: 1});
	t.deepEqual(describeTables(old.file), describeTables(fresh.file));
	t.like(describeTables(old.file), {version: {user_version: schemaVersion}});
});

test('several processes find an earlier database at once: one brings it forward, and all of them write', async t => {
	const old = createTestState(t);
	writeEarlier(old);
	const children = Array.from({length: 4}, (_, number) => spawn(process.execPath, [script, old.stateFolder, `source-${number}`, '5'], {stdio: ['ignore', 'ignore', 'inherit']}));
	t.deepEqual(await Promise.all(children.map(async child => (await once(child, 'close'))[0] as number)), [0, 0, 0, 0]);
	t.is(old.open().sources().reduce((sum, {runs}) => sum + runs.length, 0), 2 + 4 * 5);
	t.deepEqual(readdirSync(old.stateFolder).filter(name => name.includes('damaged')), []);
});

const readOnlyLack = process.geteuid?.() === 0 ? undefined : 'only root can give the folder to another user';

optionalTest(readOnlyLack, 'an earlier database that this user may only read is read as it is', t => {
	const old = createTestState(t);
	writeEarlier(old);
	chmodSync(old.stateFolder, 0o755);
	for (const name of readdirSync(old.stateFolder)) {
		chmodSync(path.join(old.stateFolder, name), 0o644);
	}

	const before = readFileSync(old.file);
	const {status, stdout, stderr} = spawnSync(process.execPath, [script, old.stateFolder, 'etc', '1'], {uid: 65_534, gid: 65_534, encoding: 'utf8'});
	t.is(status, 1, stderr);
	t.regex(stdout, /^remembered 2$/m);
	t.regex(stderr, /What this host remembers could not be written/);
	t.deepEqual(readFileSync(old.file), before);
});
