import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {openStorage, RepositorySession} from '../../source/engine/repository/repository.ts';
import {backup} from '../../source/engine/operations/backup/backup.ts';
import {verify} from '../../source/engine/operations/verify/verify.ts';
import {DiskRecording, recordedCalls, type DiskState} from '../helpers/disk-recording.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {createStorageOf} from '../helpers/repository-fixture.ts';
import {straceLack} from '../helpers/strace.ts';
import {createByteStream} from '../helpers/test-runtime.ts';
import {describeSnapshots} from '../helpers/repository-session.ts';
import {prepareBackupScene, reopenScene, systemRuntime, traceBackup, type BackupScene} from '../helpers/traced-backup.ts';
import {slotFileOf} from '../helpers/verify-assertions.ts';

const bits = createByteStream('power loss');
const subsets = 3;

async function readFiles({root}: BackupScene): Promise<Map<string, Buffer>> {
	const listing = await openStorage(root, systemRuntime).list('');
	return new Map(listing.map(({name}) => [name, readFileSync(`${root}/${name}`)]));
}

function hashOf(state: DiskState): string {
	const hash = createHash('sha256');
	for (const [name, bytes] of [...state].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
		hash.update(`${name} ${bytes.length}\n`).update(bytes);
	}

	return hash.digest('hex');
}

optionalTest(straceLack, 'fault 5: the power fails after any call of a backup: whatever of what was not fsynced is lost, the repository is intact', async t => {
	t.timeout(300_000);
	const scene = await prepareBackupScene(t, 60_000);
	const files = await readFiles(scene);
	const [first] = await describeSnapshots(await reopenScene(scene));
	const {status, log} = traceBackup(scene, '-s', '10000000', '-e', `trace=${recordedCalls}`);
	t.is(status, 0);
	const recording = new DiskRecording(scene.root, files);
	const states = new Map<string, DiskState>();
	let calls = 0;
	let all = 0;
	recording.play(log, () => {
		calls++;
		const some = Array.from({length: subsets}, () => recording.some(() => (bits(1)[0]! & 1) === 1));
		for (const state of [recording.least(), recording.namesWithoutData(), recording.dataWithoutNames(), ...some]) {
			const objects = new Map([...state].filter(([name]) => !name.startsWith('tmp/')));
			all++;
			states.set(hashOf(objects), objects);
		}
	});
	const fileName = slotFileOf({objects: files});
	let committed = 0;
	let unfinished = 0;
	for (const state of states.values()) {
		const session = new RepositorySession(await createStorageOf(state), systemRuntime, {slot: scene.repository.session.slot, fileName});
		const texts = await describeSnapshots(session);
		t.is(texts[0], first, 'the earlier snapshot is intact');
		const {problems} = await verify(session, {readData: 'all'});
		t.deepEqual(problems, []);
		committed += texts.length - 1;
		unfinished += Number(texts.length === 1);
		await backup(session, {source: {kind: 'files', name: 'files', paths: [scene.folder]}});
		t.is((await describeSnapshots(session)).length, texts.length + 1, 'the next run succeeds');
	}

	const last = await createStorageOf([...recording.least()].filter(([name]) => !name.startsWith('tmp/')));
	t.is((await describeSnapshots(await reopenScene(scene, last))).length, 2, 'what was reported as done is on the disk');
	// The same calls on a disk that takes no heed of fsync: were the states above intact whatever the program does, these would be, too.
	const careless = new DiskRecording(scene.root, files);
	careless.play(log.replaceAll(/^.*fsync.*$/gm, ''), () => undefined);
	const torn = await createStorageOf([...careless.namesWithoutData()].filter(([name]) => !name.startsWith('tmp/')));
	await t.throwsAsync(async () => describeSnapshots(await reopenScene(scene, torn)));
	t.true(calls > 30 && committed > 0 && unfinished >= 3, `${calls} calls, ${committed} committed, ${unfinished} not`);
	t.log(`${calls} calls, ${all} states of the disk, ${states.size} of them different: ${unfinished} without the new snapshot, ${committed} with it; intact, and the next run succeeds, in all`);
});
