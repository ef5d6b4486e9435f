import {Buffer} from 'node:buffer';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {createSystemRuntime} from '../../../source/engine/runtime.ts';
import {JobProcess} from '../../../source/engine/scheduling/job-process.ts';
import {createManualRuntime} from '../../helpers/manual-runtime.ts';
import {isAlive, until} from '../../helpers/processes.ts';
import {createFolder} from '../../helpers/source-folder.ts';

const runtime = createSystemRuntime();

function start(t: ExecutionContext, script: string, {secret, surroundings = runtime, folder = '/'}: {readonly secret?: Buffer; readonly surroundings?: Pick<typeof runtime, 'spawn' | 'every'>; readonly folder?: string} = {}) {
	const lines: string[] = [];
	const job = new JobProcess({program: '/bin/sh', arguments: ['-c', script], environment: {ONLY: 'this', PATH: '/usr/bin:/bin'}, workingFolder: folder, secret}, surroundings, line => {
		lines.push(line);
	});
	t.teardown(() => {
		job.kill();
	});
	return {job, lines};
}

test('its lines, on either stream, its last one and its exit code', async t => {
	const {job, lines} = start(t, 'echo one; echo two >&2; sleep 0; echo; printf three; exit 7', {folder: '/tmp'});
	const end = await job.ended;
	t.is(end.code, 7);
	t.deepEqual(lines.toSorted(), ['one', 'three', 'two']);
	t.true(['three', 'two'].includes(end.line));
});

test('it gets the environment and the folder that it is given, and nothing else', async t => {
	const {job, lines} = start(t, 'env | grep -v "^\\(_\\|SHLVL\\|OLDPWD\\)="', {folder: '/usr'});
	await job.ended;
	t.deepEqual(lines.toSorted(), ['ONLY=this', 'PATH=/usr/bin:/bin', 'PWD=/usr']);
});

test('it leads a session of its own, so that no signal of a terminal reaches it', async t => {
	const {job, lines} = start(t, 'cut -d" " -f 1,5,6,7 /proc/self/stat; echo $$');
	await job.ended;
	const [stat, shell] = lines.map(line => line.split(' '));
	t.deepEqual(stat!.slice(1), [shell![0], shell![0], '0'], 'group, session and terminal');
});

test('a signal that ends it is told as a shell tells it', async t => {
	for (const [signal, code] of [['TERM', 143], ['KILL', 137], ['INT', 130]] as const) {
		const {job} = start(t, `kill -${signal} $$; sleep 60`);
		t.is((await job.ended).code, code);
	}
});

test('asked to end it can do so in its own way; by force it ends with all it has started', async t => {
	const folder = createFolder(t);
	const [asked, forced] = [path.join(folder, 'asked'), path.join(folder, 'forced')];
	const polite = start(t, `trap 'echo cleaned; exit 5' TERM; echo $$ >${asked}; while :; do sleep 0.05; done`).job;
	await until('it runs', () => existsSync(asked) && readFileSync(asked, 'utf8') !== '');
	polite.terminate();
	t.deepEqual(await polite.ended, {code: 5, line: 'cleaned'});
	polite.terminate();
	polite.kill();

	const deaf = start(t, `trap '' TERM; sleep 300 & echo $! >${forced}; wait; wait`).job;
	await until('it runs', () => existsSync(forced) && readFileSync(forced, 'utf8') !== '');
	deaf.terminate();
	deaf.kill();
	t.is((await deaf.ended).code, 137);
	await until('what it has started is gone, too', () => !isAlive(Number(readFileSync(forced, 'utf8'))));
});

test('one that cannot be started says so', async t => {
	for (const change of [{program: '/no/such/program'}, {workingFolder: '/no/such/folder'}, {program: 'a\0b'}]) {
		const secret = Buffer.from('secret\n');
		const job = new JobProcess({program: '/bin/true', arguments: [], environment: {}, workingFolder: '/', secret, ...change}, runtime, t.fail);
		const {code, line} = await job.ended;
		t.is(code, 1);
		t.regex(line, /^could not be started: /);
		t.is(job.pid, undefined);
		await until('the secret is wiped', () => secret.equals(Buffer.alloc(7)));
		job.terminate();
		job.kill();
		job.detach();
	}
});

test('a secret goes by a descriptor, and is wiped; one that does not read it is no worse', async t => {
	const secret = Buffer.from('correct horse\n');
	const reading = start(t, 'read -r line <&3; echo "got $line"; cat /proc/$$/environ /proc/$$/cmdline | grep -c hor[s]e', {secret});
	await reading.job.ended;
	t.deepEqual(reading.lines, ['got correct horse', '0']);
	t.deepEqual(secret, Buffer.alloc(14));
	t.is((await start(t, 'exit 0', {secret: Buffer.from('unread\n')}).job.ended).code, 0);
});

test('what it has left behind may hold its output for ever: that is not waited for', async t => {
	const manual = createManualRuntime();
	const folder = createFolder(t);
	const pidFile = path.join(folder, 'pid');
	const {job, lines} = start(t, `echo begins; setsid sleep 300 & echo $! >${pidFile}; exit 3`, {surroundings: {spawn: runtime.spawn, every: manual.every}});
	await until('it has exited', () => manual.waiting > 0);
	const left = Number(readFileSync(pidFile, 'utf8'));
	t.teardown(() => {
		process.kill(left);
	});
	await manual.pass(5000);
	t.deepEqual(await job.ended, {code: 3, line: 'begins'});
	t.deepEqual(lines, ['begins']);
	t.true(isAlive(left));
	t.is(manual.waiting, 0);
});

test('of one that floods its output a thousand lines are told, and the last one', async t => {
	const {job, lines} = start(t, 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo line $i; done; printf "%05000d" 7');
	const {line} = await job.ended;
	t.is(lines.length, 1000);
	t.is(line.length, 2000);
});

test('it goes on when who started it is gone, and does not keep that alive', async t => {
	const folder = createFolder(t);
	const file = path.join(folder, 'done');
	const starter = path.join(folder, 'starter.mjs');
	const source = path.resolve('source/engine');
	writeFileSync(starter, `
		import {createSystemRuntime} from ${JSON.stringify(path.join(source, 'runtime.ts'))};
		import {JobProcess} from ${JSON.stringify(path.join(source, 'scheduling/job-process.ts'))};
		const job = new JobProcess({program: '/bin/sh', arguments: ['-c', 'trap "" PIPE; while [ ! -e ${file}.go ]; do sleep 0.05; done; echo late; echo ended >${file}'], environment: {PATH: '/usr/bin:/bin'}, workingFolder: '/'}, createSystemRuntime(), () => undefined);
		job.detach();
		console.log(job.pid);
	`);
	const outer = runtime.spawn(process.execPath, [starter], {stdio: ['ignore', 'pipe', 'inherit']});
	let printed = '';
	outer.stdout.setEncoding('utf8').on('data', (text: string) => {
		printed += text;
	});
	const code = await new Promise(resolve => {
		outer.on('exit', resolve);
	});
	t.is(code, 0);
	t.true(isAlive(Number(printed)));
	writeFileSync(`${file}.go`, '');
	await until('it has ended by itself', () => existsSync(file) && readFileSync(file, 'utf8') === 'ended\n');
});
