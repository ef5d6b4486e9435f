import {chmodSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {fromText} from '../../../../source/engine/byte-string.ts';
import {shortId} from '../../../../source/engine/ids.ts';
import {overwritePolicies, restore, type OverwritePolicy} from '../../../../source/engine/operations/restore/restore.ts';
import {createTestRepository} from '../../../helpers/repository-session.ts';
import {buildSnapshot, builtTimeNs, type BuiltEntry} from '../../../helpers/snapshot-builder.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';
import {describeFolder, walkFolder} from '../../../helpers/walk-folder.ts';

const runtime = createTestRuntime();
const builtSeconds = Number(builtTimeNs / 1_000_000_000n);

const write = (content: string, seconds: number) => (file: string): void => {
	writeFileSync(file, content);
	utimesSync(file, seconds, seconds);
};

/** What may be there already, where the snapshot has a file "new!" with the mode 640. */
const situations: Readonly<Record<string, (file: string) => void>> = {
	nothing: () => undefined,
	'older'(file) {
		write('old', builtSeconds - 100)(file);
	},
	'newer'(file) {
		write('newest', builtSeconds + 100)(file);
	},
	'same size, older'(file) {
		write('old!', builtSeconds - 100)(file);
	},
	'same size and time'(file) {
		write('old!', builtSeconds + 0.1234565)(file);
	},
	'same content, other time'(file) {
		write('new!', builtSeconds - 100)(file);
	},
	'symbolic link'(file) {
		symlinkSync('elsewhere', file);
	},
	'empty directory'(file) {
		mkdirSync(file);
	},
	'full directory'(file) {
		mkdirSync(file);
		writeFileSync(path.join(file, 'inner'), 'x');
	},
};

/** `new`: restored in place; `old`: what was there stays; `both`; `failed`: stays, and is named as a problem. */
const expectations: Readonly<Record<string, Readonly<Record<OverwritePolicy, 'new' | 'old' | 'both' | 'failed'>>>> = {
	nothing: {never: 'new', 'keep-both': 'new', 'if-changed': 'new', 'if-newer': 'new', always: 'new'},
	older: {never: 'old', 'keep-both': 'both', 'if-changed': 'new', 'if-newer': 'new', always: 'new'},
	newer: {never: 'old', 'keep-both': 'both', 'if-changed': 'new', 'if-newer': 'old', always: 'new'},
	'same size, older': {never: 'old', 'keep-both': 'both', 'if-changed': 'new', 'if-newer': 'new', always: 'new'},
	'same size and time': {never: 'old', 'keep-both': 'old', 'if-changed': 'old', 'if-newer': 'old', always: 'new'},
	'same content, other time': {never: 'old', 'keep-both': 'both', 'if-changed': 'new', 'if-newer': 'new', always: 'new'},
	'symbolic link': {never: 'old', 'keep-both': 'both', 'if-changed': 'new', 'if-newer': 'old', always: 'new'},
	'empty directory': {never: 'old', 'keep-both': 'both', 'if-changed': 'failed', 'if-newer': 'failed', always: 'new'},
	'full directory': {never: 'old', 'keep-both': 'both', 'if-changed': 'failed', 'if-newer': 'failed', always: 'failed'},
};

test(`every policy in each of ${Object.keys(situations).length} situations`, async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, [{name: 'f', content: 'new!', mode: 0o640}]);
	const beside = `f.coffer-${shortId(snapshot.id)}`;
	let combinations = 0;
	for (const [situation, prepare] of Object.entries(situations)) {
		for (const overwrite of overwritePolicies) {
			const target = createFolder(t);
			prepare(path.join(target, 'f'));
			const before = describeFolder(target);
			const restored = {f: `file 640 ${builtTimeNs / 1000n} new!`};
			const planned = await restore(session, {snapshot, target, overwrite, isDryRun: true});
			t.deepEqual(describeFolder(target), before, `${situation}, ${overwrite}: dry run`);

			const summary = await restore(session, {snapshot, target, overwrite});
			const expected = expectations[situation]![overwrite];
			const after = {
				new: restored,
				old: before,
				both: {...before, [beside]: restored.f},
				failed: before,
			}[expected];
			t.deepEqual(describeFolder(target), after, `${situation}, ${overwrite}`);
			t.like(summary, {restored: Number(expected === 'new' || expected === 'both'), skipped: Number(expected === 'old'), failed: Number(expected === 'failed')}, `${situation}, ${overwrite}`);
			t.deepEqual(planned.planned, summary.planned);
			combinations++;
		}
	}

	t.is(combinations, 45);
});

test('keeping both again adds nothing, and another snapshot another one', async t => {
	const target = createFolder(t, {f: 'mine'});
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, [{name: 'f', content: 'theirs'}, {name: 'g'.repeat(255), content: 'long'}]);
	writeFileSync(path.join(target, 'g'.repeat(255)), 'mine');
	t.like(await restore(session, {snapshot, target, overwrite: 'keep-both'}), {restored: 2, failed: 0});
	const names = readdirSync(target);
	t.is(names.length, 4);
	t.like(await restore(session, {snapshot, target, overwrite: 'keep-both'}), {restored: 0, skipped: 2, failed: 0});
	t.deepEqual(readdirSync(target), names);
	writeFileSync(path.join(target, `f.coffer-${shortId(snapshot.id)}`), 'taken');
	t.like(await restore(session, {snapshot, target, overwrite: 'keep-both'}), {restored: 1, skipped: 1});
	t.is(readFileSync(path.join(target, `f.coffer-${shortId(snapshot.id)}-2`), 'utf8'), 'theirs');
});

test('`always` repairs metadata in place and rewrites only what differs', async t => {
	const target = createFolder(t);
	const {session} = await createTestRepository(runtime);
	const content = Buffer.alloc(300_000, 'x');
	const {snapshot} = await buildSnapshot(session, [{name: 'mode', content, mode: 0o644}, {name: 'part', content}, {name: 'same', content}]);
	await restore(session, {snapshot, target});
	const before = walkFolder(target);
	chmodSync(path.join(target, 'mode'), 0o600);
	const changed = Buffer.from(content);
	changed[250_000] = 1;
	writeFileSync(path.join(target, 'part'), changed);
	utimesSync(path.join(target, 'part'), builtSeconds + 0.1234565, builtSeconds + 0.1234565);
	t.like(await restore(session, {snapshot, target, overwrite: 'if-changed'}), {restored: 0, skipped: 3});
	t.like(await restore(session, {snapshot, target, overwrite: 'always'}), {restored: 2, skipped: 1, failed: 0});
	const after = walkFolder(target);
	t.like(after.get('mode'), {mode: 0o644, inode: before.get('mode')!.inode});
	t.is(after.get('same')!.inode, before.get('same')!.inode);
	t.true(readFileSync(path.join(target, 'part')).equals(content));
});

test('metadata of existing directories is restored unless they are on the way only, or the policy is never', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, [{name: 'way', isAncestor: true, mode: 0o711, entries: [{name: 'd', mode: 0o750, entries: [{name: 'f'}]}]}]);
	for (const overwrite of overwritePolicies) {
		const target = createFolder(t, {'way/d/': ''});
		chmodSync(path.join(target, 'way'), 0o777);
		chmodSync(path.join(target, 'way', 'd'), 0o777);
		await restore(session, {snapshot, target, overwrite});
		t.is(statSync(path.join(target, 'way')).mode & 0o7777, 0o777);
		t.is(statSync(path.join(target, 'way', 'd')).mode & 0o7777, overwrite === 'never' ? 0o777 : 0o750);
	}

	const fresh = createFolder(t);
	await restore(session, {snapshot, target: fresh});
	t.is(statSync(path.join(fresh, 'way')).mode & 0o7777, 0o711);
});

const tree: readonly BuiltEntry[] = [
	{name: 'etc', isAncestor: true, entries: [
		{name: 'app', entries: [{name: 'a.conf', content: 'a'}, {name: 'b.log', content: 'b'}, {name: 'sub', entries: [{name: 'c.conf', content: 'c'}]}]},
		{name: 'other', entries: [{name: 'd.conf', content: 'd'}]},
	]},
	{name: 'odd [1]', entries: [{name: 'e', content: 'e'}]},
	{name: 'top', content: 't'},
];

const selections: ReadonlyArray<{includes?: string[]; excludes?: string[]; files: string[]; failed?: number}> = [
	{files: ['etc/app/a.conf', 'etc/app/b.log', 'etc/app/sub/c.conf', 'etc/other/d.conf', 'odd [1]/e', 'top']},
	{includes: ['/'], files: ['etc/app/a.conf', 'etc/app/b.log', 'etc/app/sub/c.conf', 'etc/other/d.conf', 'odd [1]/e', 'top']},
	{includes: ['/etc/app'], files: ['etc/app/a.conf', 'etc/app/b.log', 'etc/app/sub/c.conf']},
	{includes: ['/etc/app/'], excludes: ['sub/'], files: ['etc/app/a.conf', 'etc/app/b.log']},
	{includes: ['/etc/app/a.conf', '/top'], files: ['etc/app/a.conf', 'top']},
	{includes: ['*.conf'], excludes: ['/etc/other'], files: ['etc/app/a.conf', 'etc/app/sub/c.conf']},
	{includes: ['**/sub/*.conf'], files: ['etc/app/sub/c.conf']},
	{includes: ['/odd [1]'], files: ['odd [1]/e']},
	{excludes: ['*', '!top'], files: ['top']},
	{includes: ['/etc/app', '/etc/app/sub', 'c.conf'], files: ['etc/app/a.conf', 'etc/app/b.log', 'etc/app/sub/c.conf']},
	{includes: ['/etc/misspelt', '/top'], files: ['top'], failed: 1},
];

test('includes and excludes', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, tree);
	for (const {includes, excludes, files, failed = 0} of selections) {
		const target = createFolder(t);
		const summary = await restore(session, {snapshot, target, ...(includes && {includes}), ...(excludes && {excludes})});
		const walked = [...walkFolder(target)];
		t.deepEqual(walked.filter(([, {type}]) => type === 'file').map(([name]) => name), files, JSON.stringify({includes, excludes}));
		t.is(summary.failed, failed);
	}

	await t.throwsAsync(restore(session, {snapshot, target: createFolder(t), includes: ['!x']}), {code: 'usage'});
});

test('deletes only in restored directories, and nothing that is excluded', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, tree);
	const target = createFolder(t, {
		'etc/stays': '', 'etc/app/goes': '', 'etc/app/gone/deep/x': '', 'etc/app/keep.me': '', 'etc/app/part/keep.me': '', 'etc/app/part/goes': '', 'etc/other/stays': '', stays: '',
	});
	const request = {snapshot, target, includes: ['/etc/app'], excludes: ['keep.me'], delete: true};
	const before = describeFolder(target);
	const planned = await restore(session, {...request, isDryRun: true});
	t.is(planned.planned.delete, 3);
	t.deepEqual(describeFolder(target), before);
	t.like(await restore(session, request), {restored: 3, deleted: 5, failed: 0});
	t.deepEqual([...walkFolder(target)].filter(([, {type}]) => type === 'file').map(([name]) => name), [
		'etc/app/a.conf', 'etc/app/b.log', 'etc/app/keep.me', 'etc/app/part/keep.me', 'etc/app/sub/c.conf', 'etc/other/stays', 'etc/stays', 'stays',
	]);
});

test('`always` with delete puts a file in the place of a full directory, and a directory in the place of anything', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, [{name: 'd', entries: [{name: 'f', content: 'f'}]}, {name: 'f', content: 'f'}, {name: 'l', target: fromText('f')}]);
	const target = createFolder(t, {'f/inner/x': '', 'l/x': '', d: 'file'});
	t.like(await restore(session, {snapshot, target, overwrite: 'always', delete: true}), {restored: 3, failed: 0, deleted: 5});
	t.deepEqual([...walkFolder(target)].map(([name, {type}]) => `${name} ${type}`), [' directory', 'd directory', 'd/f file', 'f file', 'l symlink']);
});

test('a dry run neither makes the target nor needs it', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, tree);
	const folder = createFolder(t);
	const summary = await restore(session, {snapshot, target: path.join(folder, 'new'), isDryRun: true});
	t.like(summary, {restored: 6, skipped: 0, failed: 0, bytes: 6, deleted: 0});
	t.is(summary.planned.folders, 6);
	t.deepEqual(readdirSync(folder), []);
});
