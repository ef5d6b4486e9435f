import {Buffer} from 'node:buffer';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {encodeKeyFile} from '../../source/engine/crypto/key-file.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {assertLeftNothing, backUpData, createRecoveryScene, describeRestored, recoveryRuntime, restoreAndCompare} from '../helpers/recovery-scene.ts';
import {recoveryLack, runRecovery} from '../helpers/recovery-script.ts';
import {backUp} from '../helpers/test-repositories.ts';
import {walkFolder} from '../helpers/walk-folder.ts';

optionalTest(recoveryLack, 'lost copies of slots, repository.json, data keys and the index are made up for', async t => {
	const scene = await createRecoveryScene(t);
	writeFileSync(path.join(scene.data, 'file'), 'content');
	await backUpData(scene);
	rmSync(path.join(scene.root, 'repository.json'));
	const [slot] = readdirSync(path.join(scene.root, 'keys'));
	const exported = path.join(scene.work, 'exported');
	writeFileSync(exported, readFileSync(path.join(scene.root, 'keys', slot!)));
	writeFileSync(path.join(scene.root, 'keys', slot!), 'damaged');
	restoreAndCompare(t, scene, {name: 'from the copy of the slot'});
	const [dataKey] = readdirSync(path.join(scene.root, 'datakeys'));
	const sealed = readFileSync(path.join(scene.root, 'datakeys', dataKey!));
	rmSync(path.join(scene.root, 'datakeys'), {recursive: true});
	restoreAndCompare(t, scene, {name: 'from the index, which has the data keys'});
	mkdirSync(path.join(scene.root, 'datakeys'));
	writeFileSync(path.join(scene.root, 'datakeys', dataKey!), sealed);
	rmSync(path.join(scene.root, 'index'), {recursive: true});
	restoreAndCompare(t, scene, {name: 'from the tables of the packs', flags: ['--without-index']});
});

/** Flip a bit in the middle of the largest pack. */
function damageLargestPack(root: string): void {
	const packs = readdirSync(path.join(root, 'packs'), {recursive: true, withFileTypes: true}).filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
	const [largest] = packs.toSorted((a, b) => statSync(b).size - statSync(a).size);
	const bytes = readFileSync(largest!);
	bytes[bytes.length >> 1]! ^= 1;
	writeFileSync(largest!, bytes);
}

optionalTest(recoveryLack, 'damage stops the script; with --keep-going what is lost is named, the rest is identical, and the exit code is 1', async t => {
	const scene = await createRecoveryScene(t);
	writeFileSync(path.join(scene.data, 'small'), 'small');
	await backUpData(scene);
	writeFileSync(path.join(scene.data, 'large\n'), recoveryRuntime.randomBytes(3_000_000));
	await backUpData(scene);
	damageLargestPack(scene.root);
	const stopped = runRecovery(scene.work, [scene.root, scene.keyFile, 'latest', path.join(scene.work, 'stopped')]);
	t.is(stopped.code, 1);
	t.regex(stopped.stderr, /wrong MAC.*cannot be read\. Stopped/s);
	const target = path.join(scene.work, 'target');
	const partial = runRecovery(scene.work, ['--keep-going', scene.root, scene.keyFile, 'latest', target]);
	t.is(partial.code, 1);
	const losses = partial.stderr.split('\n').filter(line => line.startsWith('Lost: '));
	t.deepEqual(losses, [`Lost: $'${path.join(target, scene.data)}/large\\n'`]);
	const expected = describeRestored(scene.data);
	expected.delete('large\n');
	t.deepEqual(describeRestored(path.join(target, scene.data)), expected);
	assertLeftNothing(t, scene);
});

optionalTest(recoveryLack, 'changed snapshots, forged signatures, other keys and a target with something in it are refused', async t => {
	const scene = await createRecoveryScene(t);
	writeFileSync(path.join(scene.data, 'file'), 'content');
	await backUpData(scene);
	const target = path.join(scene.work, 'target');
	const restore = (...parameters: readonly string[]) => runRecovery(scene.work, [scene.root, ...parameters, 'latest', target]);
	const otherKey = path.join(scene.work, 'other');
	writeFileSync(otherKey, encodeKeyFile({slotId: scene.secret.keyFile!.slotId, key: recoveryRuntime.randomBytes(32)}));
	t.regex(restore(otherKey).stderr, /This key does not open/);
	writeFileSync(otherKey, readFileSync(scene.keyFile, 'utf8').replace(/key {3}./, 'key   x'));
	t.regex(restore(otherKey).stderr, /is no intact key file/);
	const full = runRecovery(scene.work, [scene.root, scene.keyFile, 'latest', scene.data]);
	t.regex(full.stderr, /is not empty/);
	const [snapshot] = readdirSync(path.join(scene.root, 'snapshots'));
	const bytes = readFileSync(path.join(scene.root, 'snapshots', snapshot!));
	bytes[200]! ^= 1;
	writeFileSync(path.join(scene.root, 'snapshots', snapshot!), bytes);
	t.regex(restore(scene.keyFile).stderr, /wrong MAC.*Damaged: .*snapshots/s);
	t.deepEqual(readdirSync(target), []);
	assertLeftNothing(t, scene);
});

optionalTest(recoveryLack, 'entries by which another program would reach outside the target, or into the shell, are refused and named', async t => {
	const scene = await createRecoveryScene(t);
	const outside = path.join(scene.work, 'outside');
	const base = {device: '1', gid: 0, inode: '1', mode: 0o644, mtime: '0', type: 'file', uid: 0};
	const file = {...base, content: [], size: 0};
	const hostile = [
		{...file, name: '..'}, {...file, name: '.'}, {...file, name: ''}, {...file, name: '../outside'}, {...file, name64: Buffer.from('../outside').toString('base64')}, {...file, name: 'nul\u0000'}, {...file, name64: 'AA=='},
		{...file, name: 'size', size: '0 /../outside'}, {...file, name: 'mode', mode: '777 /../outside'}, {...file, name: 'owner', uid: `a[$(touch ${outside})]`},
		{...file, name: 'time', mtime: `0;$(touch ${outside})`}, {...file, name: 'content', content: [`x /../outside\n${'0'.repeat(64)}`]},
		{...base, name: 'device', type: 'character', rdev: `a[$(touch ${outside})]`}, {...base, name: 'type', type: 'symlink /../outside /etc/passwd', target: 'x'},
		// A second entry of one name: where the first is never made, its mode would be put on what this link names.
		{...file, name: 'good'}, {...base, name: 'twice', type: 'symlink', target: outside}, {...file, name64: Buffer.from('twice').toString('base64')},
		{...file, name: 'attribute', xattrs: [{name: 'user.x', value: '\n# file: ../outside\nuser.x='}]},
	];
	const good = [{...file, name: 'good'}, {...file, name: 'twice', content: ['0'.repeat(64)], size: 1}, {...base, name: 'link', type: 'symlink', target: `$(touch ${outside})\n%s`}];
	await backUp(scene.session, [JSON.stringify({entries: [...good, ...hostile]})], {source: 'data'});
	const before = walkFolder(scene.work).get('');
	const target = path.join(scene.work, 'target');
	const {code, stderr} = runRecovery(scene.work, ['--keep-going', scene.root, scene.keyFile, 'latest', target]);
	t.is(code, 1);
	t.is(stderr.split('\n').filter(line => line.startsWith('Refused, ')).length, hostile.length, stderr);
	t.deepEqual(readdirSync(target).sort(), ['good', 'link']);
	t.false(existsSync(outside));
	const {mode, uid, gid} = walkFolder(scene.work).get('')!;
	t.deepEqual([mode, uid, gid], [before!.mode, before!.uid, before!.gid]);
	t.is(runRecovery(scene.work, [scene.root, scene.keyFile, 'latest', path.join(scene.work, 'second')]).code, 1);
	t.log(`${hostile.length} entries refused`);
});
