import {spawnSync} from 'node:child_process';
import {lstatSync, mkdirSync} from 'node:fs';
import test from 'ava';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {optionalTest} from '../../../helpers/optional-test.ts';
import {createTestRepository, newestSnapshot, readSnapshot} from '../../../helpers/repository-session.ts';
import {createFolder, writeLayout} from '../../../helpers/source-folder.ts';

const runtime = createSystemRuntime();

function canMount(): boolean {
	return spawnSync('unshare', ['--mount', 'true']).status === 0 && spawnSync('mount', ['--version']).status === 0;
}

optionalTest(canMount() ? undefined : 'mounting is not allowed here', 'with oneFileSystem a mount point is an empty directory', async t => {
	const folder = createFolder(t, {a: '1', 'mounted/': ''});
	t.is(spawnSync('mount', ['-t', 'tmpfs', 'none', `${folder}/mounted`]).status, 0);
	t.teardown(() => {
		spawnSync('umount', [`${folder}/mounted`]);
	});
	writeLayout(folder, {'mounted/inside': '2'});
	const {session} = await createTestRepository(runtime);
	const source = {kind: 'files', name: 'files', paths: [folder]} as const;
	await backup(session, {source: {...source, oneFileSystem: true}});
	const staying = await readSnapshot(session, await newestSnapshot(session));
	t.true(staying.has(`${folder}/mounted`));
	t.false(staying.has(`${folder}/mounted/inside`));
	await backup(session, {source});
	const crossing = await readSnapshot(session, await newestSnapshot(session));
	t.true(crossing.has(`${folder}/mounted/inside`));
	spawnSync('umount', [`${folder}/mounted`]);
});

optionalTest(canMount() ? undefined : 'mounting is not allowed here', 'what the kernel shows of itself is never read', async t => {
	const folder = createFolder(t, {a: '1'});
	mkdirSync(`${folder}/proc`);
	t.is(spawnSync('mount', ['-t', 'proc', 'none', `${folder}/proc`]).status, 0);
	t.teardown(() => {
		spawnSync('umount', [`${folder}/proc`]);
	});
	const {session} = await createTestRepository(runtime);
	const summary = await backup(session, {source: {kind: 'files', name: 'files', paths: [folder]}});
	spawnSync('umount', [`${folder}/proc`]);
	const entries = await readSnapshot(session, await newestSnapshot(session));
	t.true(entries.has(`${folder}/proc`));
	t.is(summary.files, 1);
});

test('the repository itself is left out', async t => {
	const folder = createFolder(t, {'data/a': '1', 'repository/packs': 'x'});
	const {session} = await createTestRepository(runtime);
	Object.defineProperty(session.storage, 'url', {value: `${folder}/repository`});
	await backup(session, {source: {kind: 'files', name: 'files', paths: [folder]}});
	const entries = await readSnapshot(session, await newestSnapshot(session));
	t.true(entries.has(`${folder}/data/a`));
	t.false(entries.has(`${folder}/repository`));
	t.true(lstatSync(`${folder}/repository`).isDirectory());
});
