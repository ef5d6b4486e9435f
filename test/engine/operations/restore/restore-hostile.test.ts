import {linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {fromText, type ByteString} from '../../../../source/engine/byte-string.ts';
import type {EngineEvent} from '../../../../source/engine/events.ts';
import {restore, type OverwritePolicy, type RestoreRequest} from '../../../../source/engine/operations/restore/restore.ts';
import {createTestRepository} from '../../../helpers/repository-session.ts';
import {buildSnapshot, type BuiltEntry} from '../../../helpers/snapshot-builder.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';
import {describeFolder, walkFolder} from '../../../helpers/walk-folder.ts';

const runtime = createTestRuntime();
const policies: readonly OverwritePolicy[] = ['never', 'keep-both', 'if-changed', 'if-newer', 'always'];

/** A folder with a target in it, and something outside that must stay as it is. */
function createScene(t: ExecutionContext) {
	const scene = createFolder(t, {'outside/passwd': 'root', 'outside/folder/file': 'kept', 'target/': ''});
	const outside = path.join(scene, 'outside');
	const before = JSON.stringify(describeFolder(outside));
	return {
		scene, outside, target: path.join(scene, 'target'),
		assertUntouched() {
			t.is(JSON.stringify(describeFolder(outside)), before);
			t.deepEqual(readdirSync(scene).toSorted(), ['outside', 'target']);
		},
	};
}

async function restoreBuilt(entries: readonly BuiltEntry[], request: Omit<RestoreRequest, 'snapshot'>, onEvent?: (event: EngineEvent) => void, options?: Parameters<typeof buildSnapshot>[2]) {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, entries, options);
	return restore(session, {...request, snapshot}, {...(onEvent && {onEvent})});
}

const hostileNames = ['', '.', '..', '../outside/x', '/etc/x', 'a/b', 'a\0b', '\0', './x', '../../x', 'target/', '//', 'x/../../outside/passwd'];

test(`refuses ${hostileNames.length} names that reach elsewhere, for files, links and directories, under every policy`, async t => {
	const {session} = await createTestRepository(runtime);
	let refused = 0;
	for (const name of hostileNames) {
		const kinds: BuiltEntry[] = [{name, content: 'evil'}, {name, target: fromText('/etc')}, {name, entries: [{name: 'evil', content: 'evil'}]}];
		for (const entry of kinds) {
			const {snapshot} = await buildSnapshot(session, [{name: 'bad', entries: [entry]}, {name: 'good', content: 'good'}]);
			for (const overwrite of policies) {
				const {target, assertUntouched} = createScene(t);
				const summary = await restore(session, {snapshot, target, overwrite, delete: true});
				t.is(summary.failed, 1);
				t.regex(summary.problems[0]!.path, /^\/bad/);
				t.is(readFileSync(path.join(target, 'good'), 'utf8'), 'good');
				t.deepEqual(readdirSync(path.join(target, 'bad')), []);
				assertUntouched();
				refused++;
			}
		}
	}

	t.is(refused, hostileNames.length * 3 * policies.length);
});

test('a name that comes twice does not replace the first', async t => {
	const {target, assertUntouched} = createScene(t);
	const summary = await restoreBuilt([
		{name: 'a', target: fromText('../outside')}, {name: 'a', content: 'evil'}, {name: 'a', entries: [{name: 'passwd', content: 'evil'}]}, {name: 'b', content: 'good'},
	], {target, overwrite: 'always'}, undefined, {hasSplitTrees: true});
	t.like(summary, {restored: 2, failed: 2});
	t.true(lstatSync(path.join(target, 'a')).isSymbolicLink());
	assertUntouched();
});

test('never writes through a symbolic link that stands where a directory or a file belongs', async t => {
	const counts = {followed: 0, restored: 0, failed: 0, skipped: 0};
	for (const overwrite of policies) {
		const {target, assertUntouched} = createScene(t);
		symlinkSync('../outside', path.join(target, 'd'));
		symlinkSync('../outside/passwd', path.join(target, 'f'));
		symlinkSync('../outside/new', path.join(target, 'g'));
		mkdirSync(path.join(target, 'deep'));
		symlinkSync('../../outside', path.join(target, 'deep', 'd'));
		const summary = await restoreBuilt([
			{name: 'd', mode: 0o777, entries: [{name: 'passwd', content: 'evil'}, {name: 'folder', entries: [{name: 'file', content: 'evil'}]}]},
			{name: 'deep', entries: [{name: 'd', entries: [{name: 'passwd', content: 'evil'}]}]},
			{name: 'f', content: 'evil', mode: 0o777},
			{name: 'g', content: 'evil', mode: 0o777},
		], {target, overwrite, delete: true});
		assertUntouched();
		counts.restored += summary.restored;
		counts.failed += summary.failed;
		counts.skipped += summary.skipped;
		if (overwrite !== 'always') {
			continue;
		}

		t.is(readFileSync(path.join(target, 'd', 'folder', 'file'), 'utf8'), 'evil');
		t.false(lstatSync(path.join(target, 'f')).isSymbolicLink());
	}

	// Always: 5 restored; never: 2 stay; keep-both: 2 beside; if-changed: 2 replaced; if-newer: the links are newer and stay; the two directories fail but under always.
	t.deepEqual(counts, {followed: 0, restored: 9, failed: 8, skipped: 4});
});

test('a hard link to something outside is neither changed in content nor in owner, mode or times', async t => {
	for (const overwrite of policies) {
		const {outside, target, assertUntouched} = createScene(t);
		linkSync(path.join(outside, 'passwd'), path.join(target, 'same'));
		linkSync(path.join(outside, 'passwd'), path.join(target, 'other'));
		await restoreBuilt([{name: 'other', content: 'evil!', mode: 0o777}, {name: 'same', content: 'root', mode: 0o777}], {target, overwrite});
		assertUntouched();
	}
});

test('a snapshot cannot link a file to a symbolic link and change what that points to', async t => {
	const {target, assertUntouched} = createScene(t);
	const shared = {inode: '5', links: 2} as const;
	const summary = await restoreBuilt([{name: 'a', target: fromText('../outside/passwd'), ...shared}, {name: 'b', content: 'evil', mode: 0o777, ...shared}, {name: 'c', target: fromText('../outside/passwd'), mode: 0o777, ...shared}], {target});
	t.like(summary, {restored: 3, failed: 0});
	t.true(lstatSync(path.join(target, 'b')).isFile());
	assertUntouched();
});

test('a parent that is swapped for a symbolic link between plan and execution is not followed', async t => {
	const swapped = new Set<string>();
	for (const overwrite of policies) {
		const {target, assertUntouched} = createScene(t);
		mkdirSync(path.join(target, 'a', 'b'), {recursive: true});
		writeFileSync(path.join(target, 'a', 'b', 'passwd'), 'mine');
		const summary = await restoreBuilt([{name: 'a', mode: 0o777, entries: [{name: 'b', mode: 0o777, entries: [
			{name: 'file', content: 'evil'}, {name: 'new', entries: [{name: 'x', content: 'evil'}]}, {name: 'passwd', content: 'evil'}, {name: 'z', target: fromText('q')},
		]}]}], {target, overwrite, delete: true}, event => {
			if (event.event === 'progress' && event.phase === 'writing') {
				renameSync(path.join(target, 'a', 'b'), path.join(target, 'moved'));
				rmSync(path.join(target, 'a'), {recursive: true});
				mkdirSync(path.join(target, 'a'));
				symlinkSync('../../outside', path.join(target, 'a', 'b'));
				swapped.add(target);
			}
		});
		assertUntouched();
		// Through descriptors opened while planning the old directory may still be reached: it is inside the target as well.
		t.true(summary.restored + summary.failed + summary.skipped > 0);
	}

	t.is(swapped.size, policies.length);
});

test('a directory swapped for a symbolic link after it was made is not followed', async t => {
	const {target, assertUntouched} = createScene(t);
	const entries = Array.from({length: 30}, (_, index): BuiltEntry => ({name: `d${index}`, mode: 0o777, entries: [{name: 'passwd', content: 'evil'}]}));
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, entries);
	let isDone = false;
	// The last directory is the newest: the first ones are opened again, by name.
	const storage = new Proxy(session.storage, {
		get(object, key) {
			const value: unknown = Reflect.get(object, key);
			if (key !== 'read') {
				return value;
			}

			return async (...args: Parameters<typeof object.read>) => {
				if (args[0].startsWith('packs/') && !isDone && readdirSync(target).length === 30) {
					isDone = true;
					renameSync(path.join(target, 'd0'), path.join(target, 'moved'));
					symlinkSync('../outside', path.join(target, 'd0'));
				}

				return object.read(...args);
			};
		},
	});
	const summary = await restore(Object.defineProperty(session, 'storage', {value: storage}), {snapshot, target});
	t.true(isDone);
	t.like(summary, {restored: 29, failed: 1});
	t.is(summary.problems[0]!.path, '/d0/passwd');
	assertUntouched();
});

test('deleting does not follow links either', async t => {
	const {target, assertUntouched} = createScene(t);
	mkdirSync(path.join(target, 'd', 'old', 'older'), {recursive: true});
	symlinkSync('../../../../outside', path.join(target, 'd', 'old', 'older', 'link'));
	symlinkSync('../../outside', path.join(target, 'd', 'link'));
	const summary = await restoreBuilt([{name: 'd', entries: [{name: 'f'}]}], {target, delete: true});
	t.like(summary, {restored: 1, deleted: 4, failed: 0});
	t.deepEqual(readdirSync(path.join(target, 'd')), ['f']);
	assertUntouched();
});

test('10,000 hostile names come back as they were', async t => {
	const names = new Set<string>();
	const bytes = Array.from({length: 255}, (_, index) => String.fromCharCode(index + 1)).filter(byte => byte !== '/');
	for (const byte of bytes) {
		for (const name of [byte, `a${byte}`, `${byte}b`, `${byte}${byte}`, `-${byte}`, ` ${byte} `]) {
			if (name !== '.' && name !== '..') {
				names.add(name);
			}
		}

		names.add(byte.repeat(255));
	}

	for (const name of ['-rf', '--', '~', '$(touch x)', '`id`', '\u001B[2J', '\u001B]52;c;eA==\u0007', 'a\r\nb', '*', '?', '[a]', '!x', '#x', '\\', '...', 'NUL', '.coffer-1']) {
		names.add(name);
	}

	names.add(fromText('\u00E9'));
	names.add(fromText('e\u0301'));
	names.add(fromText('\u202Egnp.exe'));
	for (let index = 0; names.size < 10_000; index++) {
		names.add(`${bytes[index % bytes.length]}${bytes[(index * 7) % bytes.length]}${bytes[(index * 31) % bytes.length]}${index}`);
	}

	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, [{name: 'd', entries: [...names].map((name, index) => ({name, content: String(index)}))}]);
	const target = createFolder(t);
	const summary = await restore(session, {snapshot, target});
	t.like(summary, {restored: 10_000, failed: 0, problems: []});
	const walked = walkFolder(target);
	t.is([...names].filter((name, index) => walked.get(`d/${name}`)?.content !== String(index)).length, 0);
	t.is(walked.size, 10_002);
	t.like(await restore(session, {snapshot, target}), {restored: 0, skipped: 10_000, failed: 0});
	t.like(await restore(session, {snapshot, target, overwrite: 'always'}), {restored: 0, skipped: 10_000, failed: 0});
});

test('a path of 20,000 bytes comes back, and goes again', async t => {
	const target = createFolder(t, {'wanted/': ''});
	const folderName = 'n'.repeat(200);
	let entries: BuiltEntry[] = [{name: 'f', content: 'deep'}, {name: 'l', target: 'f' as ByteString}];
	for (let depth = 0; depth < 100; depth++) {
		entries = [{name: folderName, mode: 0o750, entries}];
	}

	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, [{name: 'wanted', entries}]);
	t.like(await restore(session, {snapshot, target}), {restored: 2, failed: 0, problems: []});
	t.like(await restore(session, {snapshot, target, overwrite: 'always'}), {restored: 0, skipped: 2, failed: 0});
	const {snapshot: emptied} = await buildSnapshot(session, [{name: 'wanted', entries: []}]);
	t.like(await restore(session, {snapshot: emptied, target, delete: true}), {deleted: 102, failed: 0});
	t.deepEqual(readdirSync(path.join(target, 'wanted')), []);
});
