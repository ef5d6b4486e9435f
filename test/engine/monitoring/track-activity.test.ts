import test, {type ExecutionContext} from 'ava';
import {CofferError} from '../../../source/engine/errors.ts';
import type {EngineEvent} from '../../../source/engine/events.ts';
import {HostMemory} from '../../../source/engine/monitoring/host-memory.ts';
import {trackActivity, trackBackup} from '../../../source/engine/monitoring/track-activity.ts';
import {listSnapshots} from '../../../source/engine/repository/repository.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createTestRepository} from '../../helpers/repository-session.ts';
import {createFolder} from '../../helpers/source-folder.ts';
import {backUp} from '../../helpers/test-repositories.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const minute = 60_000;
const progress = (files: number): EngineEvent => ({event: 'progress', phase: 'reading', files, bytes: files, rate: 0});

async function prepare(t: ExecutionContext) {
	const runtime = createTestRuntime();
	const {session} = await createTestRepository(runtime);
	const warnings: string[] = [];
	const folder = createFolder(t);
	const open = () => {
		const memory = new HostMemory(session, folder, event => {
			if (event.event === 'warning') {
				warnings.push(event.message);
			}
		});
		t.teardown(() => {
			memory.close();
		});
		return memory;
	};

	return {runtime, session, warnings, memory: open(), watcher: open()};
}

test('progress is remembered at most once a second, and every event is passed on', async t => {
	const {runtime, memory, watcher} = await prepare(t);
	const passed: EngineEvent[] = [];
	const remembered: Array<number | undefined> = [];
	const filesNow = () => watcher.state.read().activities[0]!.progress?.files;
	await trackActivity(memory, {kind: 'verify', onEvent(event) {
		passed.push(event);
	}}, async onEvent => {
		for (let files = 1; files <= 24; files++) {
			runtime.forward(125);
			onEvent(progress(files));
			remembered.push(filesNow());
		}

		runtime.forward(5000);
		onEvent({event: 'warning', kind: 'skipped', message: 'x'});
		t.is(filesNow(), 24, 'only progress');
	});
	t.is(passed.length, 25);
	t.deepEqual([...new Set(remembered)], [undefined, 8, 16, 24]);
	t.deepEqual(watcher.state.read().activities, []);
});

test('an activity ends when its work fails, too', async t => {
	const {memory, watcher} = await prepare(t);
	await refusesAsync(t, async () => trackActivity(memory, {kind: 'forget'}, async () => {
		t.is(watcher.state.read().activities.length, 1);
		throw new CofferError('storage-full', 'No space.');
	}), 'storage-full');
	t.deepEqual(watcher.state.read().activities, []);
});

test('a dead process: its activity is gone, its backup is a run that failed, and the snapshot that it had made counts', async t => {
	const {runtime, session, memory, watcher, warnings} = await prepare(t);
	const identity = {...runtime.identity, pid: 99};
	const begin = (id: string, kind: 'backup' | 'verify', subject?: string) => {
		const time = new Date(runtime.now()).toISOString();
		memory.state.beginActivity({id, kind, started: time, updated: time, process: identity, ...(subject !== undefined && {subject})});
	};

	begin('1', 'backup', 'etc');
	begin('2', 'verify');
	t.is(watcher.read([]).activities.length, 2, 'it lives');
	runtime.kill(identity);
	t.deepEqual(watcher.read([]).activities, []);
	t.deepEqual(watcher.state.sources().map(({source, runs}) => [source, runs.map(({outcome}) => outcome)]), [['etc', ['failed']]]);
	t.regex(watcher.state.sources()[0]!.runs[0]!.error!, /was killed or the machine went down/);

	runtime.forward(10 * minute);
	begin('3', 'backup', 'etc');
	await backUp(session, ['x'], {host: runtime.identity.host});
	const {snapshots} = await listSnapshots(session);
	const read = watcher.read(snapshots);
	t.deepEqual(read.activities, []);
	t.like(read.sources[0]!.runs.at(-1), {outcome: 'ok', snapshot: snapshots[0]!.id});
	t.is(read.sources[0]!.head!.id, snapshots[0]!.id);

	// Recorded, but killed before the activity was taken away.
	begin('4', 'backup', 'etc');
	t.is(watcher.read(snapshots).sources[0]!.runs.length, 2);
	runtime.forward(10 * minute);
	begin('5', 'backup', 'etc');
	t.is(watcher.read(snapshots).sources[0]!.runs.at(-1)!.outcome, 'failed', 'an older snapshot is not its own');
	t.deepEqual(warnings, []);
});

test('how a backup went: whole, with gaps, without a snapshot, failed', async t => {
	const {runtime, memory, watcher} = await prepare(t);
	const time = new Date(runtime.now()).toISOString();
	const outcome = {snapshot: {id: 'a'.repeat(32) as never, time}, addedBytes: 3, unreadable: 0};
	const backups = [async () => outcome, async () => ({...outcome, unreadable: 2}), async () => ({addedBytes: 0, unreadable: 0})];
	for (const action of backups) {
		await trackBackup(memory, 'etc', undefined, async () => {
			runtime.forward(250);
			return action();
		});
	}

	await t.throwsAsync(trackBackup(memory, 'etc', undefined, async () => {
		throw new TypeError('a mistake');
	}));
	const [etc] = watcher.state.sources();
	t.deepEqual(etc!.runs.map(({outcome: how, durationMs, error, code}) => [how, durationMs, error, code]), [
		['ok', 250, undefined, undefined], ['partial', 250, '2 entries could not be read', undefined], ['failed', 0, 'a mistake', 'internal'],
	]);
	t.is(etc!.head!.id, outcome.snapshot.id);
	t.deepEqual(watcher.state.read().activities, []);
});
