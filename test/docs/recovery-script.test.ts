import {Buffer} from 'node:buffer';
import {execFileSync, spawnSync} from 'node:child_process';
import {chmodSync, chownSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {handFunctions} from '../helpers/by-hand.ts';
import {createDump, editDump} from '../helpers/dump-days.ts';
import {beginEpoch} from '../helpers/new-epoch.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {backUpData, createRecoveryScene, recoveryRuntime, restoreAndCompare} from '../helpers/recovery-scene.ts';
import {recoveryLack, recoveryScript, runRecovery} from '../helpers/recovery-script.ts';
import {newestSnapshot, readSnapshot} from '../helpers/repository-session.ts';
import {readStoredChunks} from '../helpers/stored-chunks.ts';
import {walkFolder} from '../helpers/walk-folder.ts';

const isRoot = process.geteuid?.() === 0;

/** Files with names that steer shells, printf, setfattr or a reader of lines, each with its name as content. */
function writeHostileNames(folder: string): number {
	const names = ['line\nfeed', '-rf', ' leading', 'trailing ', 'tab\tand\rreturn', String.raw`octal\134and\x41\\`, 'percent%s%n%', '$(id)', '`id`', '*', '?', '[a]', '"', '\'', '~', '{a,b}', 'a=b', '# file: x', 'ünï\u202E漢', 'x'.repeat(255), '\u0001\u007F\u001B[31m']
		.map(name => Buffer.from(name));
	names.push(...Array.from({length: 40}, (_, index) => Buffer.from([0x62, 0xD8 + index, 0x28, index + 1])).filter(name => !name.includes(0x2F)), Buffer.from([0xFF]));
	for (const name of names) {
		writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), name);
	}

	return names.length;
}

function writeSpecialEntries(folder: string): void {
	const at = (name: string): string => path.join(folder, name);
	mkdirSync(at('empty folder'));
	mkdirSync(at('deep/er/est'), {recursive: true});
	const odd = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xC3, 0x28])]);
	mkdirSync(odd);
	writeFileSync(Buffer.concat([odd, Buffer.from('/in')]), 'below a name that is not UTF-8');
	symlinkSync(Buffer.from([0xFE, 0x0A, 0x5C]), Buffer.concat([odd, Buffer.from('/link')]));
	symlinkSync('-rf', at('symlink'));
	symlinkSync('/etc', at('outwards'));
	writeFileSync(at('twice'), 'one file');
	linkSync(at('twice'), at('deep/er/again'));
	linkSync(at('twice'), at('aaa'));
	writeFileSync(at('nothing'), '');
	writeFileSync(at('sparse'), 'begin');
	truncateSync(at('sparse'), 6_000_000);
	writeFileSync(at('locked'), 'for nobody', {mode: 0});
	writeFileSync(at('old'), 'before 1970');
	utimesSync(at('old'), '-5.25', '-5.25');
	execFileSync('mkfifo', [at('pipe')]);
	chmodSync(at('deep/er/est'), 0o1711);
	utimesSync(at('deep'), 1_000_000_000.5, 1_000_000_000.5);
	if (isRoot) {
		writeFileSync(at('setuid'), 'x');
		chownSync(at('setuid'), 1234, 2345);
		chmodSync(at('setuid'), 0o6755);
		execFileSync('mknod', [at('zero'), 'c', '1', '5']);
		execFileSync('mknod', [at('loop'), 'b', '7', '300']);
	} else {
		rmSync(at('locked'));
	}
}

test('the functions of "Reading by hand" in format.md are those of the script', t => {
	const ofText = (text: string): Map<string, string> => new Map([...text.matchAll(/^(?<name>\w+)\(\) \{(?:.*\}|(?:\n.*)*?\n\})$/gm)].map(match => [match.groups!['name']!, match[0]]));
	const known = ofText(recoveryScript);
	// The script keeps keys in its memory, and reads many blobs at once.
	const described = [...ofText(handFunctions)].filter(([name]) => !['epoch_key', 'read_blob'].includes(name));
	t.is(described.length, 14);
	for (const [name, text] of described) {
		t.is(known.get(name), text, name);
	}
});

optionalTest(recoveryLack, 'a whole snapshot comes back: differences of several days, links, holes, special files, names of all bytes', async t => {
	const scene = await createRecoveryScene(t);
	let dump = createDump(3000);
	for (let day = 1; day <= 3; day++) {
		writeFileSync(path.join(scene.data, 'shop.sql'), dump);
		await backUpData(scene);
		dump = editDump(dump, day);
	}

	const names = writeHostileNames(scene.data);
	writeSpecialEntries(scene.data);
	const hasAttributes = spawnSync('setfattr', ['-n', 'user.a=b', '-v', '0x00ff0a', path.join(scene.data, 'line\nfeed')]).status === 0;
	await backUpData(scene);
	const depth = Math.max(...(await readStoredChunks(scene.session)).map(chunk => chunk.depth));
	t.true(depth >= 2);
	const copy = restoreAndCompare(t, scene);
	t.true(statSync(path.join(copy, 'sparse')).blocks * 512 < 100_000);
	if (hasAttributes) {
		t.is(execFileSync('getfattr', ['--absolute-names', '--only-values', '-n', 'user.a=b', path.join(copy, 'line\nfeed')]).toString('hex'), '00ff0a');
	}

	const listed = runRecovery(scene.work, [scene.root, scene.keyFile]);
	t.is(listed.stdout.trim().split('\n').length, 4);
	const oldest = path.join(scene.work, 'oldest');
	t.is(runRecovery(scene.work, [scene.root, scene.keyFile, listed.stdout.trim().split('\n').at(-1)!.slice(0, 8), oldest]).code, 0);
	t.is(readFileSync(path.join(oldest, scene.data, 'shop.sql'), 'utf8'), createDump(3000));
	t.log(`${walkFolder(scene.data).size} entries, ${names} hostile names, differences ${depth} deep${hasAttributes ? ', extended attributes' : ''}; 2 of 4 snapshots`);
});

optionalTest(recoveryLack, 'files with more than 1,024 chunks come back from their content lists', async t => {
	const scene = await createRecoveryScene(t, {chunking: {minimumBytes: 64, averageBytes: 256, maximumBytes: 256}});
	writeFileSync(path.join(scene.data, 'long'), recoveryRuntime.randomBytes(270_000));
	writeFileSync(path.join(scene.data, 'short'), 'x');
	await backUpData(scene);
	const entries = await readSnapshot(scene.session, await newestSnapshot(scene.session));
	t.is(entries.get(path.join(scene.data, 'long'))?.node.contents?.length, 2);
	restoreAndCompare(t, scene);
});

optionalTest(recoveryLack, 'while a rotation is under way, what lies under several epochs is read, by the newest keyring', async t => {
	const scene = await createRecoveryScene(t);
	writeFileSync(path.join(scene.data, 'first'), 'under the first epoch');
	await backUpData(scene);
	for (const name of ['second', 'third']) {
		const session = await beginEpoch(scene.session, scene.secret);
		writeFileSync(path.join(scene.data, name), `under the ${name} epoch`);
		await backUpData({...scene, session});
		Object.assign(scene, {session});
	}

	t.is(scene.session.keyring.epochs.length, 3);
	t.is(readdirSync(path.join(scene.root, 'keys')).length, 3);
	restoreAndCompare(t, scene);
});

optionalTest(recoveryLack, 'a passphrase, a recovery code as people type it, and an exported file with neither keys/ nor keys-copy/ open a repository', async t => {
	const code = '8QK3M-01234-ABCDE-FGHJK-MNPQR-STVWX-YZ012-34567';
	const scene = await createRecoveryScene(t, {passphrase: code});
	writeFileSync(path.join(scene.data, 'file'), 'content');
	await backUpData(scene);
	restoreAndCompare(t, scene, {key: '-', input: `${code}\n`, name: 'code'});
	const [slot] = readdirSync(path.join(scene.root, 'keys'));
	const exported = path.join(scene.work, 'exported');
	writeFileSync(exported, readFileSync(path.join(scene.root, 'keys', slot!)));
	rmSync(path.join(scene.root, 'keys'), {recursive: true});
	rmSync(path.join(scene.root, 'keys-copy'), {recursive: true});
	restoreAndCompare(t, scene, {key: exported, input: `${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}\n`, name: 'typed'});
	const wrong = runRecovery(scene.work, [scene.root, exported], {input: 'another\n'});
	t.is(wrong.code, 1);
	t.regex(wrong.stderr, /This key does not open/);
});

optionalTest(recoveryLack ?? (isRoot ? undefined : 'only root can become another user'), 'another user than root gets contents, modes without setuid, and a list of the devices', async t => {
	const scene = await createRecoveryScene(t);
	for (const name of ['setuid', 'read-only']) {
		writeFileSync(path.join(scene.data, name), name);
	}

	mkdirSync(path.join(scene.data, 'closed'));
	writeFileSync(path.join(scene.data, 'closed/in'), 'in');
	chmodSync(path.join(scene.data, 'closed'), 0o500);
	chmodSync(path.join(scene.data, 'setuid'), 0o4755);
	chmodSync(path.join(scene.data, 'read-only'), 0o400);
	execFileSync('mknod', [path.join(scene.data, 'zero'), 'c', '1', '5']);
	await backUpData(scene);
	const nobody = 65_534;
	execFileSync('chown', ['-R', String(nobody), scene.work]);
	const target = path.join(scene.work, 'target');
	const {code, stderr} = runRecovery(scene.work, [scene.root, scene.keyFile, 'latest', target], {userId: nobody});
	t.is(code, 0, stderr);
	t.regex(stderr, /only root may make devices: .*zero/);
	const restored = walkFolder(path.join(target, scene.data));
	t.deepEqual(['setuid', 'read-only', 'closed', 'closed/in'].map(name => [restored.get(name)?.mode, restored.get(name)?.content, restored.get(name)?.uid]), [
		[0o755, 'setuid', nobody], [0o400, 'read-only', nobody], [0o500, undefined, nobody], [0o644, 'in', nobody],
	]);
});
