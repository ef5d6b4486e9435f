import {cpSync, renameSync, rmSync} from 'node:fs';
import {backup} from '../../source/engine/operations/backup/backup.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {straceLack} from '../helpers/strace.ts';
import {describeSnapshots} from '../helpers/repository-session.ts';
import {prepareBackupScene, reopenScene, traceBackup} from '../helpers/traced-backup.ts';

type Call = {readonly name: string; readonly path: string; readonly hasFailed: boolean};

function readCalls(log: string, root: string): Call[] {
	return [...log.matchAll(/^\d+ +(fsync|rename)\((.*)\) += (-?\d+)/gm)].filter(match => match[2]!.includes(root)).map(match => ({
		name: match[1]!, path: match[2]!.split(/[<>"]/).findLast(part => part.startsWith(root))!, hasFailed: match[3] !== '0',
	}));
}

optionalTest(straceLack, 'fault 6: each fsync of a backup fails with EIO: the run fails, makes no snapshot, and does not try that fsync again', async t => {
	t.timeout(300_000);
	const scene = await prepareBackupScene(t, 1000);
	const {root} = scene;
	const [first] = await describeSnapshots(await reopenScene(scene));
	const original = `${root}-original`;
	cpSync(root, original, {recursive: true});
	const options = ['-y', '-s', '300', '-e', 'trace=fsync,rename'];
	const recorded = readCalls(traceBackup(scene, ...options).log, root);
	const syncs = recorded.filter(({name}) => name === 'fsync');
	// The last one makes it durable that the run's record is gone, after the snapshot.
	const snapshotSynced = syncs.findLastIndex(({path}) => path.includes('/snapshots'));
	t.is(snapshotSynced, syncs.length - 2);
	let withoutSnapshot = 0;
	let notReached = 0;
	for (const number of syncs.keys()) {
		rmSync(root, {recursive: true});
		cpSync(original, root, {recursive: true});
		const {status, stderr, log} = traceBackup(scene, ...options, '-e', `inject=fsync:error=EIO:when=${number + 1}`);
		const calls = readCalls(log, root);
		const failed = calls.findIndex(({hasFailed}) => hasFailed);
		if (failed === -1) {
			// Packs have random names: where two share a folder, there is one less to make durable.
			notReached++;
			continue;
		}

		const {path} = calls[failed]!;
		t.is(calls.slice(failed + 1).filter(call => call.name === 'fsync' && call.path === path && path.startsWith(`${root}/tmp/`)).length, 0, `fsync ${number + 1} of ${path} was tried again`);
		const texts = await describeSnapshots(await reopenScene(scene));
		t.is(texts[0], first);
		if (calls.slice(0, failed).every(call => !(call.name === 'fsync' && call.path.includes('/snapshots')))) {
			t.not(status, 0, `${number + 1}: ${path}`);
			t.regex(stderr, /EIO/);
			t.is(texts.length, 1, `${number + 1}: ${path}`);
			withoutSnapshot++;
		}

		await backup(await reopenScene(scene), {source: {kind: 'files', name: 'files', paths: [scene.folder]}});
		t.is((await describeSnapshots(await reopenScene(scene))).length, texts.length + 1);
	}

	t.true(notReached <= 4, `${notReached} not reached`);
	renameSync(original, `${original}-kept`);
	t.log(`${syncs.length} fsyncs failed, one after the other: ${withoutSnapshot} runs failed without a snapshot; no fsync of a file was repeated; every earlier snapshot intact, every next run succeeded`);
});
