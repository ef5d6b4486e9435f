import {execFileSync, spawnSync} from 'node:child_process';
import {createServer} from 'node:net';
import {existsSync, linkSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {backup} from '../../source/engine/operations/backup/backup.ts';
import {restore} from '../../source/engine/operations/restore/restore.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {createTestRepository, newestSnapshot, readSnapshot} from '../helpers/repository-session.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {createFolder} from '../helpers/source-folder.ts';
import {systemRuntime as runtime} from '../helpers/traced-backup.ts';

const isRoot = process.geteuid?.() === 0;
const isInstalled = (program: string): boolean => spawnSync('which', [program]).status === 0;
const lackOf = (...programs: readonly string[]): string | undefined => programs.filter(program => !isInstalled(program)).map(program => `no ${program}`)[0];
const rootLack = isRoot ? undefined : 'only root can set this up';
const mountLack = isRoot && spawnSync('unshare', ['--mount', 'true']).status === 0 ? undefined : 'only root can mount';

/** What programs that are not ours say of everything below a folder. */
function describeByOthers(folder: string): string {
	const options = {cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024} as const;
	const found = execFileSync('find', ['.', '-mindepth', '1', '-printf', String.raw`%P %y %m %U:%G %n %T@ %l\n`], options)
		.replaceAll(/(\.\d{6})\d+/g, '$1').split('\n').sort().join('\n');
	const sums = execFileSync('sh', ['-c', 'find . -type f -print0 | sort -z | xargs -0 sha256sum'], options);
	const attributes = isInstalled('getfattr') ? execFileSync('sh', ['-c', 'find . ! -type l | sort | xargs getfattr -h -d -m - -e hex'], options) : '';
	const lists = isInstalled('getfacl') ? execFileSync('sh', ['-c', 'find . ! -type l | sort | xargs getfacl -n'], options) : '';
	return [found, sums, attributes, lists].join('\n');
}

/** Back up and restore. @returns Where the folder's copy lies, and the problems that restore named. */
async function roundTrip(t: ExecutionContext, folder: string) {
	const {session} = await createTestRepository(runtime);
	const backedUp = await backup(session, {source: {kind: 'files', name: 'files', paths: [folder]}});
	t.is(backedUp.unreadable, 0);
	const target = createFolder(t);
	const {problems} = await restore(session, {snapshot: await newestSnapshot(session), target});
	return {copy: path.join(target, folder), problems};
}

optionalTest(rootLack ?? lackOf('setfattr', 'setfacl', 'setcap', 'getfattr', 'getfacl', 'getcap'), 'fault 43: links, holes, times, owners, extended attributes, ACLs and capabilities come back, or are listed', async t => {
	const folder = createFolder(t);
	const at = (name: string): string => path.join(folder, name);
	const run = (program: string, ...parameters: readonly string[]) => {
		execFileSync(program, parameters);
	};

	mkdirSync(at('d'));
	for (const name of ['plain', 'd/acl', 'capable', 'attributes', 'owned', 'old', 'precise', 'suid']) {
		writeFileSync(at(name), name);
	}

	linkSync(at('plain'), at('d/first'));
	linkSync(at('plain'), at('d/second'));
	run('truncate', '-s', '8M', at('sparse'));
	writeFileSync(at('sparse'), 'end', {flag: 'r+'});
	run('setfattr', '-n', 'user.text', '-v', 'value', at('attributes'));
	run('setfattr', '-n', 'user.binary', '-v', '0x00ff0a00', at('attributes'));
	run('setfacl', '-m', 'u:12345:rw,g:23456:r', at('d/acl'));
	run('setfacl', '-d', '-m', 'u:12345:rwx', at('d'));
	run('setcap', 'cap_net_bind_service=+ep', at('capable'));
	run('chown', '3000000000:4000000000', at('owned'));
	run('chmod', '6755', at('suid'));
	symlinkSync('nowhere', at('dangling'));
	run('chown', '-h', '3000000001:5', at('dangling'));
	run('touch', '-d', '1901-12-14T00:00:00.123456Z', at('old'));
	run('touch', '-d', '2026-01-01T00:00:00.987654321Z', at('precise'));
	run('touch', '-h', '-d', '1969-12-31T23:59:59.5Z', at('dangling'));
	run('touch', '-d', '1960-01-01T00:00:00Z', at('d'));
	const {copy, problems} = await roundTrip(t, folder);
	t.deepEqual(problems, []);
	t.is(describeByOthers(copy), describeByOthers(folder));
	t.regex(execFileSync('getcap', [path.join(copy, 'capable')], {encoding: 'utf8'}), /cap_net_bind_service/);
	t.is(lstatSync(path.join(copy, 'plain')).ino, lstatSync(path.join(copy, 'd/second')).ino);
	t.true(lstatSync(path.join(copy, 'sparse')).blocks * 512 <= lstatSync(at('sparse')).blocks * 512 + 65_536);
	t.log(`${readdirSync(folder, {recursive: true}).length} entries: find, sha256sum, getfattr, getfacl and getcap see no difference; times to the microsecond`);
});

async function backUpOdd(folder: string): Promise<ReadonlyMap<string, string>> {
	const {session} = await createTestRepository(runtime);
	await backup(session, {source: {kind: 'files', name: 'files', paths: [folder]}});
	const entries = await readSnapshot(session, await newestSnapshot(session));
	return new Map([...entries].filter(([name]) => name.startsWith(`${folder}/`)).map(([name, {node}]) => [name.slice(folder.length + 1), node.type]));
}

test('fault 45: FIFOs, sockets and loops of links never make a backup wait, nor does a restore', async t => {
	const folder = createFolder(t, {file: 'x', 'd/': ''});
	for (let number = 0; number < 50; number++) {
		execFileSync('mkfifo', [path.join(folder, `pipe-${number}`)]);
		symlinkSync(`loop-${(number + 1) % 50}`, path.join(folder, `loop-${number}`));
	}

	symlinkSync('.', path.join(folder, 'd/self'));
	symlinkSync('../..', path.join(folder, 'd/above'));
	symlinkSync('/proc/self/fd/0', path.join(folder, 'd/stdin'));
	const server = createServer().listen(path.join(folder, 'socket'));
	await new Promise(resolve => {
		server.once('listening', resolve);
	});
	const types = await backUpOdd(folder);
	server.close();
	const count = (type: string): number => [...types.values()].filter(each => each === type).length;
	t.deepEqual([count('fifo'), count('symlink'), count('socket'), count('file'), count('directory')], [50, 53, 1, 1, 1]);
	t.log(`${count('fifo')} FIFOs, ${count('symlink')} links that loop, a socket: recorded, none opened or followed`);
});

optionalTest(mountLack, 'fault 45: a directory bound into itself, /proc and devices never make a backup wait', async t => {
	const folder = createFolder(t, {'d/file': 'x', 'd/inner/': '', 'proc/': ''});
	execFileSync('mount', ['--bind', path.join(folder, 'd'), path.join(folder, 'd/inner')]);
	try {
		execFileSync('mount', ['-t', 'proc', 'none', path.join(folder, 'proc')]);
		for (const [name, ...device] of [['tty', 'c', '5', '0'], ['zero', 'c', '1', '5'], ['loop', 'b', '7', '0']] as const) {
			execFileSync('mknod', [path.join(folder, name), ...device]);
		}

		const types = await backUpOdd(folder);
		t.true(types.has('d/inner/file'));
		t.false(types.has('d/inner/inner/file'));
		t.is(types.get('proc'), 'directory');
		t.is([...types.keys()].filter(name => name.startsWith('proc/')).length, 0);
		t.is([...types.values()].filter(type => type.endsWith('device') || type === 'character' || type === 'block').length, 3, JSON.stringify([...types]));
		t.log(`${types.size} entries, 3 devices, a loop of mounts entered once`);
	} finally {
		spawnSync('umount', [path.join(folder, 'proc')]);
		execFileSync('umount', [path.join(folder, 'd/inner')]);
	}
});

optionalTest(rootLack, 'fault 30: setuid files, devices and FIFOs are made by root; others get what they may have, and a list of the rest', t => {
	const host = new TestHost(t);
	const source = host.path('data');
	mkdirSync(source);
	writeFileSync(path.join(source, 'suid'), 'x');
	execFileSync('chmod', ['4755', path.join(source, 'suid')]);
	execFileSync('mknod', [path.join(source, 'zero'), 'c', '1', '5']);
	execFileSync('mkfifo', [path.join(source, 'pipe')]);
	host.run(['init']);
	t.is(host.run(['backup', source]).code, 0);
	t.is(host.run(['restore', 'latest', '--target', host.path('out')]).code, 0);
	const out = path.join(host.path('out'), source);
	t.is(lstatSync(path.join(out, 'suid')).mode & 0o7777, 0o4755);
	t.true(lstatSync(path.join(out, 'zero')).isCharacterDevice());
	t.true(lstatSync(path.join(out, 'pipe')).isFIFO());
	t.true(existsSync(out));
	const nobody = {uid: 65_534, gid: 65_534, cwd: host.folder, encoding: 'utf8'} as const;
	if (spawnSync(process.execPath, host.command(['--version']), nobody).status !== 0) {
		t.log('Another user cannot reach this folder: only the part of root was tried.');
		return;
	}

	execFileSync('chown', ['-R', '65534:65534', host.folder]);
	const {status, stdout, stderr} = spawnSync(process.execPath, host.command(['restore', 'latest', '--json', '--target', host.path('nobody')]), {...nobody, env: {...host.environment, XDG_CACHE_HOME: host.path('cache')}});
	t.is(status, 0, stderr);
	t.like(JSON.parse(stdout.trim().split('\n').at(-1)!) as object, {restored: 1, skipped: 2, failed: 0});
	const other = path.join(host.path('nobody'), source);
	t.is(lstatSync(path.join(other, 'suid')).mode & 0o7777, 0o755);
	t.false(existsSync(path.join(other, 'zero')));
	t.log('1 setuid file, 1 device, 1 FIFO: made by root; by another user the file without the bit, the others left out and counted');
});

const files = 3000;

test(`fault 53: ${files} files with 256 descriptors`, t => {
	const host = new TestHost(t);
	for (let folder = 0; folder < 60; folder++) {
		mkdirSync(host.path(`data/${folder}`), {recursive: true});
		for (let file = 0; file < files / 60; file++) {
			writeFileSync(host.path(`data/${folder}/${file}`), `content of ${file} in ${folder}`);
		}
	}

	const limited = (...argv: readonly string[]) => spawnSync('bash', ['-c', 'ulimit -n 256 && exec "$@"', 'bash', process.execPath, ...host.command(argv)], {cwd: host.folder, env: host.environment, encoding: 'utf8'});
	for (const argv of [['init'], ['backup', host.path('data')], ['verify', '--read-data'], ['restore', 'latest', '--target', host.path('out')]]) {
		const {status, stderr} = limited(...argv);
		t.is(status, 0, `${argv[0]}: ${stderr}`);
	}

	t.is(readdirSync(path.join(host.path('out'), host.path('data')), {recursive: true}).length, files + 60);
	t.log(`${files} files backed up, verified and restored`);
});

optionalTest(process.env['COFFER_SOAK'] === '1' ? undefined : 'takes long; set COFFER_SOAK=1', 'fault 53: 100,000 tiny files: memory under 512 MB, the second run at least ten times faster', t => {
	t.timeout(1_800_000);
	const host = new TestHost(t);
	for (let folder = 0; folder < 400; folder++) {
		mkdirSync(host.path(`data/${folder}`), {recursive: true});
		for (let file = 0; file < 250; file++) {
			writeFileSync(host.path(`data/${folder}/${file}`), `content of ${file} in ${folder}`);
		}
	}

	host.run(['init']);
	const measure = () => {
		const begun = performance.now();
		const {status, stderr} = spawnSync('/usr/bin/time', ['-f', 'peak %M', process.execPath, ...host.command(['backup', host.path('data')])], {cwd: host.folder, env: host.environment, encoding: 'utf8'});
		t.is(status, 0, stderr);
		return {ms: performance.now() - begun, kibibytes: Number(/peak (\d+)/.exec(stderr)![1])};
	};

	const first = measure();
	const second = measure();
	t.log(`first ${Math.round(first.ms)} ms, ${first.kibibytes} KiB; second ${Math.round(second.ms)} ms, ${second.kibibytes} KiB`);
	t.true(Math.max(first.kibibytes, second.kibibytes) < 512 * 1024);
	t.true(second.ms * 10 < first.ms);
});
