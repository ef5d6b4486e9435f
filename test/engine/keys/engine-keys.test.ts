import {access, cp, mkdtemp, readdir, readFile, rm, stat} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import {Engine, createKeyFile, readKeyFile, type SlotId} from '../../../source/engine/index.ts';
import {createRecoveryCode} from '../../../source/engine/crypto/recovery-code.ts';
import {refusesAsync} from '../../helpers/error-assertions.ts';
import {createTestRuntime} from '../../helpers/test-runtime.ts';

async function createPlace(t: {teardown: (action: () => Promise<void>) => void}) {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'coffer-keys-'));
	t.teardown(async () => rm(folder, {recursive: true, force: true}));
	const runtime = createTestRuntime();
	const keyFile = path.join(folder, 'coffer.key');
	const options = {repositoryUrl: path.join(folder, 'repository'), stateFolder: path.join(folder, 'state'), runtime};
	const create = async () => Engine.create({...options, label: 'first', async secret(slotId: SlotId) {
		const secret = {slotId, key: runtime.randomBytes(32)};
		await createKeyFile(keyFile, secret);
		return {keyFile: secret};
	}});
	const open = async () => Engine.open({...options, secret: async () => ({keyFile: await readKeyFile(keyFile)})});
	return {folder, runtime, keyFile, options, create, open};
}

test('a key file is replaced in place, of mode 600, and nothing of the old one stays', async t => {
	const {folder, keyFile, create, open} = await createPlace(t);
	const engine = await create();
	const old = await readKeyFile(keyFile);
	const summary = await engine.keys.rotate({keyFile});
	await engine.close();
	t.deepEqual(summary.removedSlots.map(({id}) => id), [old.slotId]);
	t.is((await readKeyFile(keyFile)).slotId, summary.slot);
	t.is((await stat(keyFile)).mode & 0o777, 0o600);
	t.deepEqual((await readdir(folder)).sort(), ['coffer.key', 'repository', 'state']);
	const again = await open();
	const {epochs, keys, rotation} = await again.keys.status({isCounting: true});
	t.is(epochs.length, 1);
	t.is(rotation, undefined);
	t.deepEqual(keys.map(({label, isOwn}) => [label, isOwn]), [['first', true]]);
	await again.close();
});

test('a recovery key: made, checked, renewed by rotation, and the way back when every key is lost', async t => {
	const {folder, runtime, keyFile, options, create} = await createPlace(t);
	const engine = await create();
	const secret = {passphrase: createRecoveryCode(runtime)};
	const file = path.join(folder, 'recovery.json');
	const {slot} = await engine.keys.export({secret, file});
	t.is((await stat(file)).mode & 0o777, 0o600);
	await refusesAsync(t, async () => engine.keys.export({secret, file}), 'target-unusable', /exists already/);
	const first = await readFile(file);
	t.like(await engine.keys.check({secret, exported: first}), {exported: 'current', slot: {id: slot.id}});
	t.truthy((await engine.keys.status()).keys.find(({id}) => id === slot.id)?.checked);

	await engine.keys.rotate({keyFile});
	const renewed = await readFile(file);
	t.notDeepEqual(renewed, first);
	t.like(await engine.keys.check({secret, exported: renewed}), {exported: 'current'});
	t.like(await engine.keys.check({secret, exported: first}), {exported: 'older'});
	t.like(await engine.keys.check({secret}), {slot: {label: 'recovery'}});
	await refusesAsync(t, async () => engine.keys.check({secret: {passphrase: createRecoveryCode(runtime)}}), 'key-wrong');
	await engine.close();

	await rm(keyFile);
	for (const place of ['keys', 'keys-copy']) {
		await rm(path.join(options.repositoryUrl, place), {recursive: true});
	}

	await refusesAsync(t, async () => Engine.recover({...options, recoverySecret: secret}), 'key-wrong');
	const recovered = await Engine.recover({...options, recoverySecret: secret, exported: renewed});
	await recovered.keys.add({label: 'new host', role: 'owner', async secret(slotId) {
		const made = {slotId, key: runtime.randomBytes(32)};
		await createKeyFile(keyFile, made);
		return {keyFile: made};
	}});
	await recovered.close();
	await t.notThrowsAsync(access(keyFile));
	const opened = await Engine.open({...options, secret: async () => ({keyFile: await readKeyFile(keyFile)})});
	t.deepEqual((await opened.keys.status()).keys.map(({label}) => label), ['recovery', 'first', 'new host']);
	await opened.close();
});

test('a passphrase is replaced by another; a key from elsewhere gets a new file', async t => {
	const {folder, options, create, open} = await createPlace(t);
	const engine = await create();
	const old = new TextEncoder().encode('old passphrase');
	const fresh = new TextEncoder().encode('new passphrase');
	await engine.keys.add({label: 'person', role: 'owner', secret: () => ({passphrase: Buffer.from(old)})});
	await engine.close();
	const person = await Engine.open({...options, secret: async () => ({passphrase: Buffer.from(old)})});
	await refusesAsync(t, async () => person.keys.rotate({}), 'usage', /new one/);
	await person.keys.rotate({passphrase: Buffer.from(fresh)});
	await person.close();
	await refusesAsync(t, async () => Engine.open({...options, secret: async () => ({passphrase: Buffer.from(old)})}), 'key-wrong');
	const again = await Engine.open({...options, secret: async () => ({passphrase: Buffer.from(fresh)})});
	await again.close();

	const host = await open();
	const newKeyFile = path.join(folder, 'new.key');
	await host.keys.rotate({newKeyFile});
	await host.close();
	await refusesAsync(t, open, 'key-wrong');
	const moved = await Engine.open({...options, secret: async () => ({keyFile: await readKeyFile(newKeyFile)})});
	t.is((await moved.keys.status()).keys.length, 2);
	await moved.close();
});

test('the last owner stays, and the slot in use', async t => {
	const {runtime, options, create} = await createPlace(t);
	const engine = await create();
	await engine.keys.add({label: 'host', role: 'backup', secret: slotId => ({keyFile: {slotId, key: runtime.randomBytes(32)}})});
	await refusesAsync(t, async () => engine.keys.remove('first'), 'usage', /last owner/);
	const passphrase = Buffer.from('a second owner');
	const second = await engine.keys.add({label: 'second', role: 'owner', secret: () => ({passphrase: Buffer.from(passphrase)})});
	await refusesAsync(t, async () => engine.keys.remove('first'), 'usage', /opened with/);
	await refusesAsync(t, async () => engine.keys.remove('nobody'), 'usage', /key list/);
	await engine.keys.remove(second.id.slice(0, 6));
	await refusesAsync(t, async () => Engine.open({...options, secret: async () => ({passphrase: Buffer.from(passphrase)})}), 'key-wrong');
	t.deepEqual((await engine.keys.status()).keys.map(({label}) => label), ['first', 'host']);
	await engine.close();
});

test('fault 19: key slots that were put back to an older state are noticed by a host that knows better', async t => {
	const {folder, runtime, options, create} = await createPlace(t);
	const engine = await create();
	const stolen = Buffer.from('a stolen passphrase');
	await engine.keys.add({label: 'laptop', role: 'owner', secret: () => ({passphrase: Buffer.from(stolen)})});
	await engine.close();
	const keep = path.join(folder, 'kept');
	for (const place of ['keys', 'keys-copy']) {
		await cp(path.join(options.repositoryUrl, place), path.join(keep, place), {recursive: true});
	}

	const warnings: string[] = [];
	const open = async () => Engine.open({
		...options,
		secret: async () => ({keyFile: await readKeyFile(path.join(folder, 'coffer.key'))}),
		onEvent(event) {
			warnings.push(event.event === 'warning' ? event.message : '');
		},
	});
	runtime.forward(1000);
	const owner = await open();
	await owner.keys.remove('laptop');
	await owner.close();
	await (await open()).close();
	t.deepEqual(warnings, []);
	for (const place of ['keys', 'keys-copy']) {
		await rm(path.join(options.repositoryUrl, place), {recursive: true});
		await cp(path.join(keep, place), path.join(options.repositoryUrl, place), {recursive: true});
	}

	await (await open()).close();
	t.is(warnings.length, 1);
	t.regex(warnings[0]!, /put back to an older state/);
	const laptop = await Engine.open({...options, secret: async () => ({passphrase: Buffer.from(stolen)})});
	await laptop.close();
	const again = await open();
	await again.keys.remove('laptop');
	await again.close();
	await refusesAsync(t, async () => Engine.open({...options, secret: async () => ({passphrase: Buffer.from(stolen)})}), 'key-wrong');
});
