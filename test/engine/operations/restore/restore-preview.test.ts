import {mkdirSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {overwritePolicies, restore, type OverwritePolicy, type RestoreRequest} from '../../../../source/engine/operations/restore/restore.ts';
import {createTestRepository} from '../../../helpers/repository-session.ts';
import {buildSnapshot, builtTimeNs, type BuiltEntry} from '../../../helpers/snapshot-builder.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';
import {describeFolder} from '../../../helpers/walk-folder.ts';

const runtime = createTestRuntime();
const builtSeconds = Number(builtTimeNs / 1_000_000_000n);

const tree: readonly BuiltEntry[] = [
	{name: 'd', entries: [
		{name: 'lost', content: 'lost', storedContent: ['ab'.repeat(32) as never]},
		{name: 'new', content: 'new'}, {name: 'older', content: 'snapshot'}, {name: 'same', content: 'same'},
		{name: 'sub', entries: [{name: 'deep', content: 'deep'}]},
		{name: 'link', target: 'new' as never},
	]},
	{name: 'd-first', content: '12345'}, {name: 'odd\u00FF', content: ''},
	{name: 'h1', content: 'twice', links: 2, inode: '77'}, {name: 'h2', content: 'twice', links: 2, inode: '77'},
];

/** A target in which something is missing, something differs, something is the same and something is too much. */
function fill(target: string): void {
	mkdirSync(path.join(target, 'd'));
	for (const [name, content, seconds] of [['d/older', 'mine', builtSeconds - 100], ['d/same', 'same', builtSeconds + 0.1234565], ['d/extra', 'extra', builtSeconds]] as const) {
		writeFileSync(path.join(target, name), content);
		utimesSync(path.join(target, name), seconds, seconds);
	}
}

const fresh = [['/d', 'create'], ['/d/link', 'create'], ['/d/new', 'create', 3], ['/d/older', 'create', 8], ['/d/same', 'create', 4], ['/d/sub', 'create'], ['/d/sub/deep', 'create', 4],
	['/d-first', 'create', 5], ['/h1', 'create', 5], ['/h2', 'create', 5], ['/odd\uFFFD', 'create', 0]];
const ofOlder: Readonly<Record<OverwritePolicy, string>> = {never: 'keep', 'keep-both': 'keep-both', 'if-changed': 'replace', 'if-newer': 'replace', always: 'compare'};

test('a preview tells of each entry in the order of a walk, under every policy', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, tree);
	for (const overwrite of overwritePolicies) {
		const target = createFolder(t);
		fill(target);
		const before = describeFolder(target);
		const {preview, planned, problems} = await restore(session, {snapshot, target, overwrite, delete: true, isDryRun: true, previewLimit: 100});
		t.deepEqual(preview!.map(entry => [entry.path, entry.action]), [
			['/d/extra', 'delete'], ['/d/link', 'create'], ['/d/new', 'create'], ['/d/older', ofOlder[overwrite]], ['/d/same', overwrite === 'always' ? 'compare' : 'identical'],
			['/d/sub', 'create'], ['/d/sub/deep', 'create'], ['/d-first', 'create'], ['/h1', 'create'], ['/h2', 'create'], ['/odd\uFFFD', 'create'],
		], overwrite);
		t.is(preview!.filter(({action}) => action === 'create').length, planned.create + planned.folders - planned.beside);
		t.deepEqual(problems.map(problem => problem.path), ['/d/lost']);
		t.deepEqual(describeFolder(target), before);
	}
});

test('folders that would take the place of something else are counted by themselves', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, tree);
	const target = createFolder(t);
	writeFileSync(path.join(target, 'd'), 'in the way');
	const {planned, preview} = await restore(session, {snapshot, target, overwrite: 'always', isDryRun: true, previewLimit: 1});
	t.deepEqual(preview!.map(({path: where, action}) => [where, action]), [['/d', 'replace']]);
	t.like(planned, {folders: 2, foldersReplacing: 1, replace: 0});
	const {planned: onto} = await restore(session, {snapshot, target: createFolder(t), overwrite: 'always', isDryRun: true});
	t.like(onto, {folders: 2, foldersReplacing: 0});
});

test('a target that does not exist yet, sizes, bytes that are no UTF-8, and what the file system has', async t => {
	const {session} = await createTestRepository(runtime);
	const {snapshot} = await buildSnapshot(session, tree);
	const folder = createFolder(t);
	const request: RestoreRequest = {snapshot, target: path.join(folder, 'not', 'yet'), isDryRun: true, previewLimit: 100};
	const {preview, neededBytes, freeBytes, planned} = await restore(session, request);
	t.deepEqual(preview!.map(({path: shown, action, size}) => size === undefined ? [shown, action] : [shown, action, size]), fresh);
	t.is(preview!.at(-1)!.path64, Buffer.from('/odd\u00FF', 'latin1').toString('base64'));
	t.deepEqual(describeFolder(folder), {});
	// Two directories and the target itself, six files that are not empty, one of them with two names.
	t.is(planned.folders, 3);
	t.true(neededBytes! >= 9 * 512 && neededBytes! % 9 === 0, String(neededBytes));
	t.true(freeBytes! > 0);
});

test('the first entries are the same whatever the limit; without one there is no preview', async t => {
	const {session} = await createTestRepository(runtime);
	const many = Array.from({length: 60}, (_, folder) => ({name: `f${folder}`, entries: Array.from({length: 50}, (_unused, file) => ({name: `${file}`, content: ''}))}));
	const {snapshot} = await buildSnapshot(session, many);
	const target = createFolder(t);
	const ask = async (previewLimit: number) => (await restore(session, {snapshot, target, isDryRun: true, previewLimit})).preview!;
	const whole = await ask(10_000);
	t.is(whole.length, 60 * 51);
	t.deepEqual(whole.slice(0, 3).map(entry => entry.path), ['/f0', '/f0/0', '/f0/1']);
	for (const limit of [0, 1, 51, 52, 1000, 3060]) {
		t.deepEqual(await ask(limit), whole.slice(0, limit));
	}

	t.is((await restore(session, {snapshot, target, isDryRun: true})).preview, undefined);
	const done = await restore(session, {snapshot, target, previewLimit: 10});
	t.is(done.preview, undefined);
	t.is(done.neededBytes, undefined);
	t.log(`${whole.length} entries`);
});
