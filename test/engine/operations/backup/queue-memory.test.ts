import path from 'node:path';
import test from 'ava';
import {fromText} from '../../../../source/engine/byte-string.ts';
import {StoringSink, type BackupSink} from '../../../../source/engine/operations/backup/backup-sink.ts';
import {BackupTally} from '../../../../source/engine/operations/backup/backup-tally.ts';
import {PreviousTree} from '../../../../source/engine/operations/backup/previous-tree.ts';
import type {StoredFile} from '../../../../source/engine/operations/backup/store-job.ts';
import {TreeWalker} from '../../../../source/engine/operations/backup/tree-walker.ts';
import {ProgressReporter} from '../../../../source/engine/operations/progress.ts';
import {BlobIndex, LoadedIndex, WriterRun} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {planPaths} from '../../../../source/engine/sources/files/path-plan.ts';
import {createTestRepository} from '../../../helpers/repository-session.ts';
import {createFolder} from '../../../helpers/source-folder.ts';

const runtime = createSystemRuntime();

test('no more files wait in the sink than the memory of a run allows, however many there are', async t => {
	const {session} = await createTestRepository(runtime);
	const run = await WriterRun.start(session);
	const sink = new StoringSink(session, run, await LoadedIndex.load(session), {verifyWrites: false, hasDeltas: false, threads: undefined, signal: undefined});
	let waiting = 0;
	let most = 0;
	const total = 50_000;
	const settle = (result: StoredFile) => {
		waiting--;
		t.is(result.kind, 'gone');
	};

	for (let number = 0; number < total; number++) {
		// None of them exists: what is counted is what waits.
		sink.addFile({systemPath: fromText(`/nowhere/${number}`), name: fromText(String(number))}, 0, settle);
		most = Math.max(most, ++waiting);
		if (sink.isFull) {
			await sink.drain();
		}
	}

	await sink.settle();
	await sink.discard();
	await sink.close();
	await run.close();
	t.log(`at most ${most} of ${total} files waited`);
	t.is(waiting, 0);
	// What the walk found in one batch more than the limit.
	t.true(most > 1000 && most <= 16_384 + 256, `${most}`);
});

test('the walk stops in the middle of a folder when the sink is full', async t => {
	const files = 1000;
	const limit = 100;
	const folder = createFolder(t, Object.fromEntries(Array.from({length: files}, (_, index) => [`f${index}`, ''])));
	const waiting: Array<() => void> = [];
	let most = 0;
	let drains = 0;
	const finishAll = async () => {
		for (const finish of waiting.splice(0)) {
			finish();
		}
	};

	const sink: BackupSink = {
		addFile(file, size, onResult) {
			waiting.push(() => {
				onResult({kind: 'stored', json: `{"name":${JSON.stringify(file.name)}}`, size, isChanged: false});
			});
			most = Math.max(most, waiting.length);
		},
		storeTree: () => [],
		get isFull() {
			return waiting.length >= limit;
		},
		async drain() {
			drains++;
			await finishAll();
		},
		settle: finishAll,
	};
	const tally = new BackupTally(new ProgressReporter(runtime, undefined, 'reading'), undefined, {source: 'queue'});
	const previous = new PreviousTree(new BlobIndex(), undefined, undefined, message => {
		t.fail(message);
	});
	const source = {kind: 'files', name: 'files', paths: [folder]} as const;
	const walker = new TreeWalker({source, plan: planPaths([fromText(path.resolve(folder))]), previous, sink, tally, runtime, skippedFolders: new Set()});
	const takeRoot = await walker.walk();
	await sink.settle();
	takeRoot();
	t.log(`${most} files waited at most, ${drains} times the walk waited`);
	t.is(tally.files, files);
	t.is(most, limit);
	t.is(drains, files / limit);
});
