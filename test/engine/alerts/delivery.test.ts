import {spawn, type ChildProcessByStdio} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {Readable} from 'node:stream';
import {fileURLToPath} from 'node:url';
import test, {type ExecutionContext} from 'ava';
import type {Channel} from '../../../source/engine/alerts/channel.ts';
import {deliver} from '../../../source/engine/alerts/deliver.ts';
import {CofferError} from '../../../source/engine/errors.ts';
import {createSystemRuntime} from '../../../source/engine/runtime.ts';
import {HostState} from '../../../source/engine/state/host-state.ts';
import {createTestState, idOf} from '../../helpers/test-state.ts';

const script = fileURLToPath(new URL('../../helpers/delivery-process.ts', import.meta.url));

/** A host with so many notices for the channel `mail`. */
function createScene(t: ExecutionContext, count: number) {
	const {stateFolder} = createTestState(t);
	const runtime = createSystemRuntime();
	const state = new HostState(stateFolder, idOf('a'), {runtime, warn: t.fail});
	t.teardown(() => {
		state.close();
	});
	state.checkPlace('/r');
	const created = new Date(runtime.now()).toISOString();
	const ids = Array.from({length: count}, (_, number) => `${number}`.padStart(32, '0'));
	state.alerts.announce(['mail'], () => ({told: [], over: [], notices: ids.map(id => ({id, channel: 'mail', created, notice: JSON.stringify({kind: 'test', id}), isUrgent: true}))}));
	const file = path.join(path.dirname(stateFolder), 'sent');
	return {
		state, ids,
		start(...mode: readonly string[]): ChildProcessByStdio<null, Readable, null> {
			const child = spawn(process.execPath, [script, stateFolder, file, ...mode], {stdio: ['ignore', 'pipe', 'inherit']});
			t.teardown(() => {
				child.kill('SIGKILL');
			});
			return child;
		},
		sent: () => readFileSync(file, 'utf8').trimEnd().split('\n'),
	};
}

test('processes that deliver at once send each notice once', async t => {
	const {state, ids, start, sent} = createScene(t, 30);
	const children = Array.from({length: 3}, () => start());
	t.deepEqual(await Promise.all(children.map(async child => (await once(child, 'close'))[0] as number)), [0, 0, 0]);
	t.deepEqual(sent().toSorted(), ids);
	t.deepEqual(state.outbox.waiting('mail'), []);
	t.log(`3 processes, ${ids.length} notices`);
});

test('a process that is killed while it sends leaves the notice to the next one', async t => {
	const {state, ids, start, sent} = createScene(t, 2);
	const child = start('hang');
	await once(child.stdout, 'data');
	const other = start();
	await once(other, 'close');
	t.deepEqual(sent(), [ids[1]!], 'what it sends is left to it as long as it lives');
	child.kill('SIGKILL');
	await once(child, 'close');
	t.deepEqual(state.outbox.waiting('mail').map(({id}) => id), [ids[0]!]);
	await once(start(), 'close');
	t.deepEqual(sent(), [ids[1]!, ids[0]!]);
	t.deepEqual(state.outbox.waiting('mail'), []);
});

test('a notice that some were told is not sent again, and the channel is in trouble', async t => {
	const {state, ids} = createScene(t, 2);
	const sent: string[] = [];
	const channel: Channel = {name: 'mail', kind: 'email', leastSeverity: 'warning', hasDigest: true, async send({id}) {
		sent.push(id);
		throw new CofferError('channel-failed', 'One mailbox has it, the other does not.', {context: {isPartial: true}});
	}};
	const runtime = createSystemRuntime();
	t.deepEqual(await deliver([channel], {outbox: state.outbox, runtime, signal: new AbortController().signal}), [{channel: 'mail', outcome: 'failed', error: 'One mailbox has it, the other does not.'}]);
	t.deepEqual(sent, [ids[0]!]);
	t.deepEqual(state.outbox.waiting('mail').map(({id}) => id), [ids[1]!]);
	t.deepEqual(state.outbox.channels().map(({failures}) => failures), [1]);
});
