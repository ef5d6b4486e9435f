import {chmodSync, chownSync, existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {createKeyFile, readKeyFile} from '../../../source/engine/crypto/key-file-access.ts';
import {destroyKeyFile} from '../../../source/engine/crypto/key-file-destruction.ts';
import {prepareKeyFile, putKeyFileInPlace, readKeyFileReplacement, readPreparedKeyFile, readRetiredKeyFile, retireKeyFile} from '../../../source/engine/crypto/key-file-replacement.ts';
import {encodeKeyFile, type KeyFile} from '../../../source/engine/crypto/key-file.ts';
import {toId, type SlotId} from '../../../source/engine/ids.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {countCalls, createFailingFiles, PulledPlug} from '../../helpers/failing-files.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {createFolder} from '../../helpers/source-folder.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

const old: KeyFile = {slotId: toId<SlotId>('aa'.repeat(16), 16), key: Buffer.alloc(32, 1)};
const renewed: KeyFile = {slotId: toId<SlotId>('bb'.repeat(16), 16), key: Buffer.alloc(32, 2)};
const third: KeyFile = {slotId: toId<SlotId>('cc'.repeat(16), 16), key: Buffer.alloc(32, 3)};
/** Steps wipe what they read; what a test holds stays. */
const copyOf = ({slotId, key}: KeyFile): KeyFile => ({slotId, key: Buffer.from(key)});
const runtime = createTestRuntime();
const needsRoot = process.geteuid?.() === 0 ? undefined : 'only root can give files away';

async function createOld(t: ExecutionContext): Promise<string> {
	const folder = createFolder(t);
	chmodSync(folder, 0o700);
	const file = path.join(folder, 'key');
	await createKeyFile(file, copyOf(old));
	return file;
}

const namesBeside = (file: string): string[] => readdirSync(path.dirname(file)).sort();

test('prepare, replace, retire: which key is where after each step, and each step again does no harm', async t => {
	const file = await createOld(t);
	t.deepEqual(await readKeyFileReplacement(file), {state: 'none', current: old.slotId, prepared: undefined, retired: undefined});
	await prepareKeyFile(file, copyOf(renewed));
	t.deepEqual(await readKeyFileReplacement(file), {state: 'prepared', current: old.slotId, prepared: renewed.slotId, retired: undefined});
	t.deepEqual(await readKeyFile(file), old);
	t.deepEqual(await readPreparedKeyFile(file), renewed);
	await refusesAsync(t, async () => prepareKeyFile(file, copyOf(third)), 'target-unusable', /not yet in place/);
	await refusesAsync(t, async () => retireKeyFile(file, runtime), 'target-unusable', /not yet replaced/);
	for (let round = 0; round < 2; round++) {
		await putKeyFileInPlace(file);
		t.deepEqual(await readKeyFileReplacement(file), {state: 'replaced', current: renewed.slotId, prepared: undefined, retired: old.slotId});
		t.deepEqual(await readKeyFile(file), renewed);
		t.deepEqual(await readRetiredKeyFile(file), old);
	}

	await refusesAsync(t, async () => prepareKeyFile(file, copyOf(third)), 'target-unusable', /not yet destroyed/);
	for (let round = 0; round < 2; round++) {
		await retireKeyFile(file, runtime);
		t.deepEqual(await readKeyFileReplacement(file), {state: 'none', current: renewed.slotId, prepared: undefined, retired: undefined});
	}

	t.deepEqual(namesBeside(file), ['key']);
	await refusesAsync(t, async () => putKeyFileInPlace(file), 'key-file-missing', /nothing to put/);
	await refusesAsync(t, async () => readPreparedKeyFile(file), 'key-file-missing');
	await refusesAsync(t, async () => readRetiredKeyFile(file), 'key-file-missing');
	await prepareKeyFile(file, copyOf(third));
	await putKeyFileInPlace(file);
	await retireKeyFile(file, runtime);
	t.deepEqual(await readKeyFile(file), third);
});

test.serial('under umask 000 and 777 every file has mode 600 at every step', async t => {
	for (const mask of [0o000, 0o777]) {
		const file = await createOld(t);
		const modes = () => namesBeside(file).map(name => statSync(path.join(path.dirname(file), name)).mode & 0o7777);
		const before = process.umask(mask);
		try {
			await prepareKeyFile(file, copyOf(renewed));
			t.deepEqual(modes(), [0o600, 0o600]);
			await putKeyFileInPlace(file);
			t.deepEqual(modes(), [0o600, 0o600]);
			await retireKeyFile(file, runtime);
			t.deepEqual(modes(), [0o600]);
		} finally {
			process.umask(before);
		}
	}
});

test('a successor needs a predecessor, and a slot of its own', async t => {
	const folder = createFolder(t);
	await refusesAsync(t, async () => prepareKeyFile(path.join(folder, 'key'), copyOf(renewed)), 'key-file-missing');
	t.deepEqual(readdirSync(folder), []);
	const file = await createOld(t);
	await t.throwsAsync(prepareKeyFile(file, {...copyOf(renewed), slotId: old.slotId}), {instanceOf: RangeError});
	t.deepEqual(namesBeside(file), ['key']);
});

test('what is unsafe is neither read, replaced nor destroyed', async t => {
	const steps = {
		readKeyFileReplacement,
		prepareKeyFile: async (file: string) => prepareKeyFile(file, copyOf(third)),
		putKeyFileInPlace,
		retireKeyFile: async (file: string) => retireKeyFile(file, runtime),
	};
	const spoilers = {
		'readable by others'(file: string) {
			chmodSync(file, 0o640);
		},
		'a symbolic link'(file: string) {
			renameSync(file, `${file}-real`);
			symlinkSync(`${file}-real`, file);
		},
		'a folder that everybody may write to'(file: string) {
			chmodSync(path.dirname(file), 0o777);
		},
	};
	let refused = 0;
	for (const [step, run] of Object.entries(steps)) {
		for (const [name, spoil] of Object.entries(spoilers)) {
			for (const suffix of ['', '.new', '.retired']) {
				const file = await createOld(t);
				if (suffix !== '') {
					await prepareKeyFile(file, copyOf(renewed));
				}

				if (suffix === '.retired') {
					await putKeyFileInPlace(file);
				}

				spoil(`${file}${suffix}`);
				const before = namesBeside(file).map(each => readFileSync(path.join(path.dirname(file), each), 'utf8'));
				await refusesAsync(t, async () => run(file), 'key-file-unsafe', undefined);
				t.deepEqual(namesBeside(file).map(each => readFileSync(path.join(path.dirname(file), each), 'utf8')), before, `${step}, ${suffix} ${name}`);
				refused++;
			}
		}
	}

	t.log(`${refused} unsafe places: every step refused, nothing changed`);
});

optionalTest(needsRoot, 'a new or an old key file that another user has put there is refused', async t => {
	for (const suffix of ['.new', '.retired']) {
		const file = await createOld(t);
		writeFileSync(`${file}${suffix}`, encodeKeyFile(third), {mode: 0o600});
		chownSync(`${file}${suffix}`, 12_345, 0);
		await refusesAsync(t, async () => readKeyFileReplacement(file), 'key-file-unsafe', /another user/);
		await refusesAsync(t, async () => putKeyFileInPlace(file), 'key-file-unsafe', /another user/);
		await refusesAsync(t, async () => destroyKeyFile(`${file}${suffix}`, runtime), 'key-file-unsafe', /another user/);
	}
});

test('two old key files are not taken for a replacement', async t => {
	const file = await createOld(t);
	await prepareKeyFile(file, copyOf(renewed));
	await createKeyFile(`${file}.retired`, copyOf(third));
	await refusesAsync(t, async () => putKeyFileInPlace(file), 'target-unusable', /two|does not belong/);
	t.deepEqual(await readKeyFile(file), old);
	t.deepEqual(await readRetiredKeyFile(file), third);
});

test('without the new key file the old one is not destroyed', async t => {
	const file = await createOld(t);
	await prepareKeyFile(file, copyOf(renewed));
	await putKeyFileInPlace(file);
	rmSync(file);
	await refusesAsync(t, async () => retireKeyFile(file, runtime), 'key-file-missing', /is kept/);
	t.deepEqual(await readRetiredKeyFile(file), old);
});

test('where only the new key file is left, it is put in place', async t => {
	const file = await createOld(t);
	await prepareKeyFile(file, copyOf(renewed));
	rmSync(file);
	await putKeyFileInPlace(file);
	t.deepEqual(await readKeyFile(file), renewed);
	t.deepEqual(namesBeside(file), ['key']);
});

test('a new key file under both names is one file', async t => {
	const file = await createOld(t);
	await prepareKeyFile(file, copyOf(renewed));
	await putKeyFileInPlace(file);
	linkSync(file, `${file}.new`);
	await putKeyFileInPlace(file);
	t.deepEqual(await readKeyFileReplacement(file), {state: 'replaced', current: renewed.slotId, prepared: undefined, retired: old.slotId});
	t.deepEqual(namesBeside(file), ['key', 'key.retired']);
});

test('what is no whole new key file is never put in place', async t => {
	const file = await createOld(t);
	for (const content of ['', encodeKeyFile(renewed).subarray(0, -3), 'hunter2']) {
		writeFileSync(`${file}.new`, content, {mode: 0o600});
		const error = await refusesAsync(t, async () => putKeyFileInPlace(file), 'key-file-invalid');
		t.false(error.message.includes('hunter2'));
		t.deepEqual(await readKeyFile(file), old);
	}
});

test('destroying overwrites the file before its name goes', async t => {
	const file = await createOld(t);
	chmodSync(file, 0o400);
	const written: Buffer[] = [];
	const {fileSystem} = createFailingFiles({onCall(call) {
		// What is there when it is truncated, and when it is unlinked.
		if (call === 'truncate' || call === 'unlink') {
			written.push(readFileSync(file));
		}
	}});
	const bytes = encodeKeyFile(old).length;
	await destroyKeyFile(file, runtime, {fileSystem});
	t.is(written[0]?.byteLength, bytes);
	t.false(written[0]?.includes('key'));
	t.is(written[1]?.byteLength, 0);
	t.false(existsSync(file));
});

test('a file with another name, a large one and a folder are not destroyed', async t => {
	const file = await createOld(t);
	linkSync(file, `${file}-2`);
	await refusesAsync(t, async () => destroyKeyFile(file, runtime), 'key-file-unsafe', /1 other name \(hard links\).*-samefile/);
	t.deepEqual(await readKeyFile(`${file}-2`), old);
	rmSync(`${file}-2`);
	writeFileSync(`${file}-large`, Buffer.alloc(4097), {mode: 0o600});
	await refusesAsync(t, async () => destroyKeyFile(`${file}-large`, runtime), 'key-file-unsafe', /larger/);
	t.is(statSync(`${file}-large`).size, 4097);
	symlinkSync(file, `${file}-link`);
	await refusesAsync(t, async () => destroyKeyFile(`${file}-link`, runtime), 'key-file-unsafe', /symbolic link/);
	await refusesAsync(t, async () => destroyKeyFile(path.dirname(file), runtime), 'key-file-unsafe', /regular file/);
	t.deepEqual(await readKeyFile(file), old);
	await refusesAsync(t, async () => destroyKeyFile(`${file}-none`, runtime), 'key-file-missing');
});

test('what a killed creation left does not stand in the way of a destruction', async t => {
	const file = await createOld(t);
	linkSync(file, `${file}.4242.part`);
	await prepareKeyFile(file, copyOf(renewed));
	linkSync(`${file}.new`, `${file}.new.4243.part`);
	await putKeyFileInPlace(file);
	await retireKeyFile(file, runtime);
	t.deepEqual(namesBeside(file), ['key']);
	t.is(statSync(file).nlink, 1);
});

/** The three steps of a replacement, as `key rotate` takes them after each interruption. */
async function replace(file: string, options: Parameters<typeof putKeyFileInPlace>[1]): Promise<void> {
	const {state, current} = await readKeyFileReplacement(file, options);
	if (state === 'none' && current === old.slotId) {
		await prepareKeyFile(file, copyOf(renewed), options);
	}

	if (state !== 'replaced' && current === old.slotId) {
		await putKeyFileInPlace(file, options);
	}

	await retireKeyFile(file, runtime, options);
}

/** That a whole key is at one of the three names, and nothing is open to others. @returns Which is at the path itself. */
async function assertWhole(t: ExecutionContext, file: string, point: string): Promise<'old' | 'new'> {
	for (const name of namesBeside(file)) {
		t.is(statSync(path.join(path.dirname(file), name)).mode & 0o7777, 0o600, `${point}: ${name}`);
	}

	const current = await readKeyFile(file);
	const isOld = current.slotId === old.slotId;
	t.deepEqual(current, isOld ? old : renewed, point);
	if (existsSync(`${file}.new`)) {
		t.deepEqual(await readPreparedKeyFile(file), renewed, point);
	}

	return isOld ? 'old' : 'new';
}

for (const kind of ['pulled plug', 'EIO'] as const) {
	test.serial(`fault 4: ${kind === 'EIO' ? 'each call to the file system fails' : 'the process ends at each call to the file system'}, under umask 000: the old key or the new one is whole, and the next try ends`, async t => {
		const mask = process.umask(0);
		try {
			const calls = await countCalls(async fileSystem => replace(await createOld(t), {fileSystem}));
			const counts = {old: 0, new: 0};
			for (let failing = 1; failing <= calls.length; failing++) {
				const file = await createOld(t);
				const {fileSystem} = createFailingFiles({failing, kind});
				const point = `${kind} at ${failing}, ${calls[failing - 1]}`;
				const error = await t.throwsAsync(replace(file, {fileSystem}), undefined, point);
				if (kind === 'EIO') {
					t.regex(error?.message ?? '', /EIO/, point);
					t.deepEqual(namesBeside(file).filter(name => name.endsWith('.part') && calls[failing - 1] !== 'unlink'), [], point);
				} else {
					t.true(error instanceof PulledPlug || error?.cause instanceof PulledPlug, point);
				}

				counts[await assertWhole(t, file, point)]++;
				await replace(file, {});
				t.deepEqual(await readKeyFile(file), renewed, point);
				t.deepEqual(namesBeside(file), ['key'], point);
			}

			t.true(calls.length > 60 && counts.old > 20 && counts.new > 10, JSON.stringify(counts));
			t.log(`${calls.length} calls: the old key file in place after ${counts.old}, the new one after ${counts.new}, a part never; each next try finished`);
		} finally {
			process.umask(mask);
		}
	});
}
