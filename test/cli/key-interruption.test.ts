import {EventEmitter} from 'node:events';
import {readFileSync} from 'node:fs';
import {PassThrough} from 'node:stream';
import test, {type ExecutionContext} from 'ava';
import {createSystemRuntime, readKeyFile, type Runtime} from '../../source/engine/index.ts';
import {openRepository, WriterRun} from '../../source/engine/repository/repository.ts';
import {openStorage} from '../../source/engine/storage/open.ts';
import {prepareHost} from '../helpers/command-examples.ts';
import {writeSecret} from '../helpers/key-hosts.ts';
import {TestHost} from '../helpers/run-coffer.ts';

/** A runtime that is interrupted by Ctrl-C when it first waits. */
function createInterrupted(): {readonly runtime: Runtime; readonly signals: EventEmitter} {
	// A process is an EventEmitter, too.
	// eslint-disable-next-line unicorn/prefer-event-target
	const signals = new EventEmitter();
	const system = createSystemRuntime();
	return {signals, runtime: {...system, async sleep(durationMs, signal) {
		signals.emit('SIGINT', 'SIGINT');
		return system.sleep(durationMs, signal);
	}}};
}

async function readRotation(t: ExecutionContext, host: TestHost, environment = host.environment): Promise<unknown> {
	const {code, stderr, json} = await host.runHere(['key', 'status', '--json'], {environment});
	t.is(code, 0, stderr);
	return json()[0]!['rotation'];
}

test('Ctrl-C while a rotation waits for a backup: both keys open everything, all say how it goes on, and the same command ends it', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const runtime = createSystemRuntime();
	const storage = openStorage(host.repository, runtime);
	const run = await WriterRun.start(await openRepository(storage, {keyFile: await readKeyFile(host.keyFile)}, runtime));
	t.regex((await host.runHere(['key', 'rotate', '--dry-run'])).stdout, /1 run is writing now: it would be waited for/);

	const interrupted = await host.runHere(['key', 'rotate'], createInterrupted());
	t.is(interrupted.code, 130);
	t.regex(interrupted.stderr, /^coffer: The rotation was interrupted\. Everything opens with the old and with the new key\. The same command goes on where it stopped\.$/m);
	for (const keyFile of [host.keyFile, `${host.keyFile}.retired`]) {
		for (const argv of [['verify', '--read-data'], ['restore', 'latest', '--target', `./out-${keyFile.length}`]]) {
			const {code, stderr} = await host.runHere([...argv, '--key-file', keyFile]);
			t.is(code, 0, stderr);
		}
	}

	t.is(await readRotation(t, host), 'keys');
	const says = /A rotation is under way: [^\n]*"coffer key rotate" takes it up where it stopped/;
	for (const argv of [['key', 'status'], ['status'], ['doctor']]) {
		t.regex((await host.runHere(argv)).stdout, says, argv.join(' '));
	}

	t.regex((await host.runHere(['key', 'status'])).stdout, /retiring: \d+ objects? left/);
	t.regex((await host.runHere(['key', 'rotate', '--if-due', '--dry-run'])).stdout, /Would take up the rotation that is under way/);
	await run.close();
	await storage.close();
	const done = await host.runHere(['key', 'rotate', '--if-due']);
	t.is(done.code, 0, done.stderr);
	t.regex(done.stdout, /^The rotation went on and is done/);
	t.is(await readRotation(t, host), null);
	t.is((await host.runHere(['verify', '--read-data'])).code, 0);
});

test('Ctrl-C while data is written anew: the new passphrase opens everything, the old one nothing, and the same command ends it', async t => {
	const host = new TestHost(t);
	const environment = {...host.environment, COFFER_PASSPHRASE_FILE: writeSecret(host, 'first', 'first of the passphrases')};
	await host.runHere(['init', '--passphrase'], {environment});
	const {code: backedUp} = await host.runHere(['backup', './first'], {environment});
	t.is(backedUp, 0);
	const rotating = {...environment, COFFER_NEW_PASSPHRASE_FILE: writeSecret(host, 'second', 'second of the passphrases')};
	// eslint-disable-next-line unicorn/prefer-event-target
	const signals = new EventEmitter();
	const stdout = new PassThrough({encoding: 'utf8'}).on('data', (text: string) => {
		if (text.includes('"re-encrypting"')) {
			signals.emit('SIGINT', 'SIGINT');
		}
	});
	const rotate = ['key', 'rotate', '--reencrypt', '--json'];
	const interrupted = await host.runHere(rotate, {environment: rotating, signals, stdout});
	t.is(interrupted.code, 130);
	t.regex(interrupted.stderr, /Everything opens with the new key; the old one opens nothing any more\. The same command goes on/);
	t.is((await host.runHere(['status'], {environment})).code, 12);
	const renewed = {...environment, COFFER_PASSPHRASE_FILE: host.path('second')};
	t.is(await readRotation(t, host, renewed), 'packs');
	const done = await host.runHere(rotate, {environment: rotating});
	t.is(done.code, 0, done.stderr);
	t.like(done.json().at(-1), {event: 'summary', isResumed: true});
	t.is(await readRotation(t, host, renewed), null);
	t.is((await host.runHere(['restore', 'latest', '--target', './out'], {environment: renewed})).code, 0);
	t.is(readFileSync(host.path('out', host.path('first')), 'utf8'), 'first of the passphrases\n');
});
