import {existsSync, mkdirSync, readdirSync, rmSync, statSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {createKeyFile, readKeyFile} from '../../source/engine/crypto/key-file-access.ts';
import {prepareKeyFile, putKeyFileInPlace, readKeyFileReplacement, retireKeyFile} from '../../source/engine/crypto/key-file-replacement.ts';
import type {KeyFile} from '../../source/engine/crypto/key-file.ts';
import {toId, type SlotId} from '../../source/engine/ids.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {createFolder} from '../helpers/source-folder.ts';
import {straceLack} from '../helpers/strace.ts';
import {createTestRuntime} from '../helpers/test-runtime.ts';
import {findPoints, hostFileCalls, traceHostFiles} from '../helpers/traced-host-files.ts';

const create = (slot: string, byte: number): KeyFile => ({slotId: toId<SlotId>(slot.repeat(16), 16), key: Buffer.alloc(32, byte)});
const steps = ['prepare', 'replace', 'retire'] as const;
type Step = typeof steps[number];

// Inherited by the programs: what they create is narrow all the same.
process.umask(0);

/** The folder as it is before the step. */
async function prepare(step: Step, folder: string): Promise<string> {
	rmSync(folder, {recursive: true, force: true});
	mkdirSync(folder, {mode: 0o700});
	const file = path.join(folder, 'key');
	await createKeyFile(file, create('ab', 5));
	if (step !== 'prepare') {
		await prepareKeyFile(file, create('cd', 6));
	}

	if (step === 'retire') {
		await putKeyFileInPlace(file);
	}

	return file;
}

/** Which key is at the path; both, where they are there, are whole, and nothing else is a key that is missing there. */
async function assertWhole(t: ExecutionContext, file: string, point: string): Promise<'old' | 'new'> {
	const folder = path.dirname(file);
	for (const name of readdirSync(folder)) {
		t.is(statSync(path.join(folder, name)).mode & 0o7777, 0o600, `${point}: ${name}`);
	}

	const {slotId, key} = await readKeyFile(file);
	const isOld = slotId === 'ab'.repeat(16);
	t.deepEqual({slotId, key}, isOld ? create('ab', 5) : create('cd', 6), point);
	if (existsSync(`${file}.new`)) {
		t.deepEqual(await readKeyFile(`${file}.new`), create('cd', 6), point);
	}

	return isOld ? 'old' : 'new';
}

async function finish(file: string): Promise<void> {
	const {state, current} = await readKeyFileReplacement(file);
	if (state === 'none' && current === 'ab'.repeat(16)) {
		await prepareKeyFile(file, create('cd', 6));
	}

	if (state === 'prepared' || current === 'ab'.repeat(16)) {
		await putKeyFileInPlace(file);
	}

	await retireKeyFile(file, createTestRuntime());
}

for (const step of steps) {
	optionalTest(straceLack, `fault 4: kill -9 at every call of the step "${step}" of a key file's replacement, under umask 000: a whole key in place, none is wider, and the next try ends`, async t => {
		t.timeout(300_000);
		const folder = path.join(createFolder(t), 'files');
		await prepare(step, folder);
		const recorded = traceHostFiles(step, folder, '-e', `trace=${hostFileCalls.join(',')}`);
		t.is(recorded.status, 0, recorded.log);
		const points = findPoints(recorded.log, folder);
		const counts = {killed: 0, old: 0, new: 0};
		for (const [call, number] of points) {
			const file = await prepare(step, folder);
			const {isKilled} = traceHostFiles(step, folder, '-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${number}`);
			const point = `${step}: ${call} ${number}`;
			counts.killed += Number(isKilled);
			counts[await assertWhole(t, file, point)]++;
			await finish(file);
			t.deepEqual(await readKeyFile(file), create('cd', 6), point);
			t.deepEqual(readdirSync(folder), ['key'], point);
		}

		t.true(counts.killed > 8, JSON.stringify(counts));
		t.log(`${points.length} calls, killed ${counts.killed} times: the old key in place ${counts.old} times, the new one ${counts.new} times, a part never`);
	});
}
