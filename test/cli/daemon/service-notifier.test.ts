import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import path from 'node:path';
import test from 'ava';
import {ServiceNotifier} from '../../../source/cli/daemon/service-notifier.ts';
import {createSystemRuntime} from '../../../source/engine/index.ts';
import {until} from '../../helpers/processes.ts';
import {optionalTest} from '../../helpers/optional-test.ts';
import {createFolder} from '../../helpers/source-folder.ts';

const system = createSystemRuntime();

function createNotifier(spawned: typeof spawn, socket?: string) {
	const warnings: string[] = [];
	const notifier = new ServiceNotifier({runtime: {spawn: spawned, sleep: system.sleep, environment: socket === undefined ? {} : {NOTIFY_SOCKET: socket}}, warn(message) {
		warnings.push(message);
	}});
	return {notifier, warnings};
}

test('without a listener nothing is started', async t => {
	const {notifier, warnings} = createNotifier(() => t.fail());
	notifier.ready('3 jobs');
	notifier.status('running daily');
	notifier.stopping('');
	await notifier.close();
	t.deepEqual(warnings, []);
});

const lackOfNotify = spawnSync('systemd-notify', ['--version']).error === undefined ? undefined : 'no systemd-notify';

optionalTest(lackOfNotify, 'what is told goes one after the other, a status only when it is another one, each in one line', async t => {
	const calls: string[][] = [];
	let running = 0;
	const {notifier} = createNotifier(((program: string, argv: readonly string[], options: {readonly env: unknown}) => {
		t.regex(program, /^\/.*systemd-notify$/);
		t.deepEqual(options.env, {NOTIFY_SOCKET: '/run/x'}, 'nothing else, and no secret');
		calls.push([...argv]);
		t.is(++running, 1);
		const child = spawn('/bin/true');
		child.on('exit', () => {
			running--;
		});
		return child;
	}) as unknown as typeof spawn, '/run/x');
	notifier.ready('3 jobs');
	notifier.status('3 jobs');
	notifier.status('running a\nREADY=1');
	notifier.status('running a\nREADY=1');
	notifier.reloading(1234.5678);
	notifier.ready('3 jobs');
	notifier.stopping('ending');
	await notifier.close();
	t.deepEqual(calls, [['READY=1', 'STATUS=3 jobs'], ['STATUS=running a READY=1'], ['RELOADING=1', 'MONOTONIC_USEC=1234567'], ['READY=1', 'STATUS=3 jobs'], ['STOPPING=1', 'STATUS=ending']]);
});

optionalTest(lackOfNotify, 'what fails is said once, and stops nothing', async t => {
	const failures: Array<() => ChildProcess> = [() => spawn('/bin/false'), () => spawn('/no/such/program'), () => {
		throw new Error('EAGAIN');
	}];
	for (const fail of failures) {
		const {notifier, warnings} = createNotifier(fail as unknown as typeof spawn, '/run/x');
		notifier.ready('3 jobs');
		notifier.stopping('ending');
		await notifier.close();
		t.is(warnings.length, 1);
		t.regex(warnings[0]!, /^the service manager could not be told/);
	}
});

const listener = `
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("bound", flush=True)
while True:
    data, ancillary, flags, address = s.recvmsg(65536, 4096)
    # BARRIER=1 comes with a descriptor: its end tells the sender that all before it was read.
    for level, kind, content in ancillary:
        if kind == socket.SCM_RIGHTS:
            for descriptor in array.array("i", content[:len(content) // 4 * 4]):
                os.close(descriptor)
    print(data.decode().replace("\\n", "|"), flush=True)
`;
const lackOfPython = spawnSync('python3', ['--version']).status === 0 ? lackOfNotify : 'no python3';

optionalTest(lackOfPython, 'a real systemd-notify tells a real listener', async t => {
	const socket = path.join(createFolder(t), 'notify');
	const python = spawn('python3', ['-c', listener, socket], {stdio: ['ignore', 'pipe', 'inherit']});
	t.teardown(() => {
		python.kill();
	});
	let heard = '';
	python.stdout.setEncoding('utf8').on('data', (text: string) => {
		heard += text;
	});
	await once(python.stdout, 'data');
	const {notifier, warnings} = createNotifier(spawn, socket);
	notifier.ready('3 jobs, none is running');
	notifier.stopping('ending');
	await notifier.close();
	await until('it was heard', () => heard.includes('STOPPING'));
	t.regex(heard, /READY=1\|STATUS=3 jobs, none is running/);
	t.deepEqual(warnings, []);
});
