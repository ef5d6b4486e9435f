import {Buffer} from 'node:buffer';
import {statSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import {createKeyFile, createRecoveryCode, createSystemRuntime, readKeyFile} from '../../../source/engine/index.ts';
import {usingCode} from '../../../source/engine/thread/code-secret.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createFolder} from '../../helpers/source-folder.ts';
import {createThreadedEngine} from '../../helpers/threaded-engine.ts';

for (const place of ['thread', 'process'] as const) {
	test(`${place}: a recovery key is made and checked, keys are counted and rotated`, async t => {
		const {client, secret, start} = await createThreadedEngine(t, {place});
		const folder = createFolder(t, {'source/a': 'a', 'keys/other': ''});
		const keyFile = path.join(folder, 'keys/key');
		await createKeyFile(keyFile, {slotId: secret.keyFile!.slotId, key: Buffer.from(secret.keyFile!.key)});
		await client.backup({source: {kind: 'files', name: 'files', paths: [path.join(folder, 'source')]}});

		const code = createRecoveryCode(createSystemRuntime());
		const text = code.toString();
		const file = path.join(folder, 'keys/recovery');
		const {id, label} = await client.exportKey({file, code});
		t.is(label, 'recovery');
		t.is(statSync(file).mode & 0o777, 0o600);
		t.is(code.toString(), text, 'what the caller has given is still the caller\'s');
		t.like(await client.checkKey({code}), {slot: {id}, dataKeys: 1});
		await refusesAsync(t, async () => client.checkKey({code: Buffer.from('not this one')}), 'key-wrong');

		const before = await client.keyStatus();
		t.deepEqual(before.keys.map(key => [key.isRecovery, key.factors, key.checked !== undefined]).toSorted(([a], [b]) => Number(a) - Number(b)), [[false, ['key-file'], false], [true, ['passphrase'], true]]);
		t.like(before.epochs[0], {packs: 2, isActive: true});
		const phases = new Set<string>();
		const summary = await client.rotateKeys({keyFile, isReencrypting: true}, {onEvent(event) {
			if (event.event === 'progress') {
				phases.add(event.phase);
			}
		}});
		t.like(summary, {recoverySlots: 1, packs: 2, isResumed: false});
		t.true(phases.size > 0);
		await client.close();
		await refusesAsync(t, async () => start().overview(), 'key-wrong');
		const again = start({secret: async () => ({keyFile: await readKeyFile(keyFile)})});
		const after = await again.keyStatus();
		t.is(after.epochs.length, 1);
		t.not(after.epochs[0]!.id, before.epochs[0]!.id);
		t.like(await again.checkKey({code}), {slot: {id}});
		await again.close();
	});
}

test('the bytes of a code are wiped when it was used, whatever came of it', async t => {
	const code = Buffer.from('a code');
	t.is(await usingCode(code, async ({passphrase}) => String(Buffer.from(passphrase!))), 'a code');
	t.deepEqual(code, Buffer.alloc(6));
	const other = Buffer.from('another');
	await t.throwsAsync(usingCode(other, async () => {
		throw new Error('no');
	}), {message: 'no'});
	t.deepEqual(other, Buffer.alloc(7));
});
