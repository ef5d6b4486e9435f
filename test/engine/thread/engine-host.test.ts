import {Buffer} from 'node:buffer';
import test from 'ava';
import {createSystemRuntime} from '../../../source/engine/runtime.ts';
import {EngineHost} from '../../../source/engine/thread/engine-host.ts';
import type {MessageFromThread, ThreadStart} from '../../../source/engine/thread/protocol.ts';
import {createThreadedEngine} from '../../helpers/threaded-engine.ts';

/** A host in this thread, and its messages as they come. */
function createHost({repositoryUrl, stateFolder, sources}: ThreadStart) {
	const messages: MessageFromThread[] = [];
	let wake = Promise.withResolvers<void>();
	const host = new EngineHost({repositoryUrl, stateFolder, sources}, createSystemRuntime(), message => {
		messages.push(structuredClone(message));
		wake.resolve();
	});
	const next = async <Kind extends MessageFromThread['message']>(kind: Kind): Promise<Extract<MessageFromThread, {message: Kind}>> => {
		for (;;) {
			const found = messages.find(({message}) => message === kind);
			if (found) {
				return found as Extract<MessageFromThread, {message: Kind}>;
			}

			wake = Promise.withResolvers<void>();
			await wake.promise;
		}
	};

	return {host, next, messages};
}

for (const isRight of [true, false]) {
	test(`the key's bytes are wiped once ${isRight ? 'the repository is open' : 'it was found to be the wrong one'}`, async t => {
		const {options, secret, client} = await createThreadedEngine(t);
		await client.close();
		const {host, next} = createHost(options);
		await next('secret-wanted');
		const key = Uint8Array.from(secret.keyFile!.key, byte => byte + (isRight ? 0 : 1));
		host.receive({message: 'secret', outcome: {isOk: true, value: {keyFile: {slotId: secret.keyFile!.slotId, key}}}});
		const {outcome} = await next('opened');
		t.is(outcome.isOk, isRight);
		t.deepEqual(Buffer.from(key), Buffer.alloc(32));
		host.receive({message: 'close'});
		await next('closed');
	});
}

test('a call that waits for the opening ends when it is aborted; an abort of what has ended does no harm', async t => {
	const {options, client} = await createThreadedEngine(t);
	await client.close();
	const {host, next, messages} = createHost(options);
	await next('secret-wanted');
	host.receive({message: 'call', id: 5, name: 'listSnapshots', parameters: []});
	host.receive({message: 'abort', id: 5});
	t.like(await next('done'), {id: 5, outcome: {isOk: false, error: {code: 'aborted'}}});
	host.receive({message: 'abort', id: 5});
	host.receive({message: 'abort', id: 6});
	host.receive({message: 'close'});
	await next('closed');
	t.like(await next('opened'), {outcome: {isOk: false, error: {code: 'aborted'}}});
	t.deepEqual(messages.map(({message}) => message).toSorted(), ['closed', 'done', 'opened', 'secret-wanted']);
});
