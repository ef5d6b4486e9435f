import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {readKeyFile} from '../../source/engine/crypto/key-file-access.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {createFolder} from '../helpers/source-folder.ts';
import {straceLack} from '../helpers/strace.ts';
import {countTestRuns, recordTestRun} from '../helpers/recorded-run.ts';
import {findPoints, hostFileCalls, hostFilesEnvironment, hostFilesScript, traceHostFiles} from '../helpers/traced-host-files.ts';

const files = {key: 'key', config: 'config.json', state: 'state.db', 'first-state': 'state.db'} as const;
/** Of each kind what the script is told to write. */
const written = {key: 'key', config: 'config', state: 'state', 'first-state': 'state'} as const;

type Kind = keyof typeof files;

function prepare(kind: Kind, folder: string): void {
	rmSync(folder, {recursive: true, force: true});
	mkdirSync(folder, {mode: 0o700});
	if (kind === 'state') {
		recordTestRun(folder);
	}
}

/** Of a state the runs that it holds. */
function stateOfDatabase(kind: Kind, folder: string): 'old' | 'new' {
	const added = countTestRuns(folder) - Number(kind === 'state');
	if (added !== 0 && added !== 1) {
		throw new Error(`${added} runs were added`);
	}

	return added === 0 ? 'old' : 'new';
}

/** Which of the two the file is; throws where it is neither. */
async function stateOf(kind: Kind, folder: string): Promise<'old' | 'new'> {
	const file = path.join(folder, files[kind]);
	if (kind === 'key') {
		if (!existsSync(file)) {
			return 'old';
		}

		await readKeyFile(file);
		return 'new';
	}

	if (kind !== 'config') {
		return stateOfDatabase(kind, folder);
	}

	if (!existsSync(file)) {
		return 'old';
	}

	const content = readFileSync(file, 'utf8');
	const value = JSON.parse(content) as {sources?: unknown[]};
	if (value.sources?.length !== 1) {
		throw new Error(`Only a part was written: ${content.slice(0, 100)}`);
	}

	return 'new';
}

const trace = (kind: Kind, folder: string, ...options: readonly string[]) => traceHostFiles(written[kind], folder, ...options);

const isSoak = process.env['COFFER_SOAK'] === '1';

/** A run is killed at each call, and every fourth fails. A database is written in many small steps that are alike: of those it is killed at every fourth, and of all else every twelfth is tried; with COFFER_SOAK more. */
function isTried(kind: Kind, inject: string, [call, number]: readonly [string, number]): boolean {
	if (written[kind] !== 'state' || call !== 'pwrite64') {
		return isSoak || inject.startsWith('signal') || number % 4 === 1;
	}

	const step = kind === 'state' && inject.startsWith('signal') ? 4 : 12;
	return number % (isSoak ? step / 4 : step) === 0;
}

for (const kind of ['key', 'config', 'state', 'first-state'] as const) {
	optionalTest(straceLack, `fault 4: killed or failing at every call that writes ${kind === 'first-state' ? 'the first state.db' : files[kind]}: the old file or the new one, never a part, and the next try works`, async t => {
		t.timeout(300_000);
		const folder = path.join(createFolder(t), 'files');
		prepare(kind, folder);
		const recorded = trace(kind, folder, '-e', `trace=${hostFileCalls.join(',')}`);
		t.is(recorded.status, 0, recorded.log);
		const points = findPoints(recorded.log, folder);
		const counts = {killed: 0, failed: 0, old: 0, new: 0};
		for (const [call, number] of points) {
			for (const inject of ['signal=SIGKILL', 'error=EIO'].filter(each => isTried(kind, each, [call, number]))) {
				prepare(kind, folder);
				const {status, isKilled} = trace(kind, folder, '-e', `trace=${call}`, '-e', `inject=${call}:${inject}:when=${number}`);
				counts.killed += Number(isKilled);
				counts.failed += Number(!isKilled && status !== 0);
				const state = await stateOf(kind, folder);
				counts[state]++;
				if (status === 0) {
					t.is(state, 'new', `${call} ${number} ${inject}: a run that says it is done`);
				}

				if (!isKilled) {
					t.deepEqual(readdirSync(folder).filter(name => name !== files[kind] && /part|tmp/.test(name) && call !== 'unlink'), [], `${call} ${number}: nothing is left behind`);
				}

				for (const name of readdirSync(folder)) {
					t.is(statSync(path.join(folder, name)).mode & 0o077, 0, `${name} is readable by others`);
				}

				// Once a point is enough: what a killed run leaves is never less in the way than what a failed one leaves.
				if (state === 'new' || !isKilled) {
					continue;
				}

				if (written[kind] === 'state') {
					recordTestRun(folder);
				} else {
					const again = spawnSync(process.execPath, [hostFilesScript, kind, folder], {encoding: 'utf8', env: hostFilesEnvironment});
					t.is(again.status, 0, again.stderr);
				}

				t.is(await stateOf(kind, folder), 'new');
			}
		}

		t.true(counts.killed >= 3 && counts.old >= 3, JSON.stringify(counts));
		t.log(`${points.length} calls: killed ${counts.killed} times, failed ${counts.failed} times; the old file ${counts.old} times, the new one ${counts.new} times, a part never`);
	});
}

test('fault 4: a key file is never replaced, whatever it holds', t => {
	const folder = createFolder(t, {key: 'mine'});
	const {status} = spawnSync(process.execPath, [hostFilesScript, 'key', folder], {env: hostFilesEnvironment});
	t.not(status, 0);
	t.is(readFileSync(path.join(folder, 'key'), 'utf8'), 'mine');
	t.deepEqual(readdirSync(folder), ['key']);
});
