import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import test from 'ava';
import {verify} from '../../../../source/engine/operations/verify/verify.ts';
import type {ProgressEvent} from '../../../../source/engine/events.ts';
import {createRepository} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {createLocalStorage} from '../../../../source/engine/storage/local.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {readPackKinds} from '../../../helpers/pack-kinds.ts';
import {writeFixtureSnapshot} from '../../../helpers/repository-fixture.ts';
import {createByteStream} from '../../../helpers/test-runtime.ts';

const fileBytes = 4_000_000;

test('packs are read in threads: the same findings, and progress at most ten times a second', async t => {
	const folder = await mkdtemp(join(tmpdir(), 'coffer-verify-'));
	t.teardown(async () => rm(folder, {recursive: true}));
	const runtime = createSystemRuntime();
	const storage = createLocalStorage({folder, runtime});
	const session = await createRepository(storage, {label: 'owner', secret: slotId => ({keyFile: {slotId, key: Buffer.alloc(32, 7)}})}, runtime);
	const noise = createByteStream('threads');
	const root = Object.fromEntries(Array.from({length: 6}, (_, number) => [`folder${number}`, {first: noise(fileBytes), second: noise(fileBytes)}]));
	const snapshot = await writeFixtureSnapshot(session, root, {source: 'large'});
	const events: ProgressEvent[] = [];
	const onEvent = (event: {readonly event: string}) => {
		events.push(event as ProgressEvent);
	};

	const intact = await verify(session, {readData: 'all'}, {onEvent});
	t.deepEqual(intact.problems, []);
	t.true(intact.checkedBytes > 12 * fileBytes);
	t.true(events.length <= 3 + intact.durationMs / 100);
	t.true(events.every((event, index) => index === 0 || event.bytes >= events[index - 1]!.bytes));

	const kinds = await readPackKinds(session);
	const [name] = [...kinds].find(([, kind]) => kind === 'data')!;
	const bytes = await storage.read(name);
	bytes[2_000_000]! ^= 1;
	await storage.write(name, bytes);
	const {problems} = await verify(session, {readData: 'all'});
	t.is(problems.length, 1);
	t.like(problems[0], {object: name, kind: 'pack', snapshots: [snapshot.id], filesTotal: 1});
	t.regex(problems[0]!.files[0]!, /^\/folder\d\/first$/);

	const half = await verify(session, {readData: {fraction: 0.5}});
	t.true(half.checkedBytes > 5 * fileBytes && half.checkedBytes < 10 * fileBytes);
	const some = await verify(session, {readData: {bytes: fileBytes}});
	t.true(some.checkedBytes > fileBytes && some.checkedBytes < 3 * fileBytes);

	const controller = new AbortController();
	await refusesAsync(t, async () => verify(session, {readData: 'all'}, {signal: controller.signal, onEvent() {
		setImmediate(() => {
			controller.abort();
		});
	}}), 'aborted');
});
