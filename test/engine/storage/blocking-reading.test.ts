import {execFileSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {isCofferError} from '../../../source/engine/errors.ts';
import {createSystemRuntime} from '../../../source/engine/runtime.ts';
import {openStorage} from '../../../source/engine/storage/open.ts';
import {testStorageContract} from '../../helpers/storage-contract.ts';

const runtime = createSystemRuntime();

function makeFolder(t: ExecutionContext): string {
	const folder = mkdtempSync(path.join(tmpdir(), 'coffer-blocking-'));
	t.teardown(() => {
		rmSync(folder, {recursive: true});
	});
	return folder;
}

testStorageContract('reading while the thread waits', async (t, testRuntime) => openStorage(path.join(makeFolder(t), 'repository'), testRuntime, {blocksOnRead: true}));

test.serial('the same bytes, and the same errors for the same things, whether the thread waits or not; no descriptor is left', async t => {
	const root = makeFolder(t);
	const content = randomBytes(100_000);
	writeFileSync(path.join(root, 'object'), content);
	writeFileSync(path.join(root, 'sparse'), '');
	truncateSync(path.join(root, 'sparse'), 2 ** 42);
	mkdirSync(path.join(root, 'folder'));
	symlinkSync('object', path.join(root, 'link'));
	symlinkSync('nowhere', path.join(root, 'dangling'));
	symlinkSync('.', path.join(root, 'linked'));
	execFileSync('mkfifo', [path.join(root, 'fifo')]);
	const waiting = openStorage(root, runtime, {blocksOnRead: true});
	const pooled = openStorage(root, runtime);
	const outcomeOf = async (storage: typeof waiting, name: string, offset?: number): Promise<unknown> => {
		try {
			return await storage.read(name, offset === undefined ? {} : {range: {offset, length: 1000}});
		} catch (error) {
			return isCofferError(error) ? {code: error.code, message: error.message, context: error.context} : error;
		}
	};

	const before = readdirSync('/proc/self/fd').length;
	let compared = 0;
	for (const name of ['object', 'sparse', 'folder', 'link', 'dangling', 'linked/object', 'fifo', 'missing', 'object/below']) {
		for (const offset of [undefined, 0, 99_000, 99_001]) {
			t.deepEqual(await outcomeOf(waiting, name, offset), await outcomeOf(pooled, name, offset), `${name} ${offset}`);
			compared++;
		}
	}

	t.deepEqual(await outcomeOf(waiting, 'object', 99_000), content.subarray(99_000));
	t.like(await outcomeOf(waiting, 'object', 99_001), {code: 'damaged'});
	t.like(await outcomeOf(waiting, 'missing'), {code: 'object-missing'});
	t.like(await outcomeOf(waiting, 'fifo'), {code: 'damaged'});
	t.is(readdirSync('/proc/self/fd').length, before);
	t.log(`${compared} reads compared`);
});
