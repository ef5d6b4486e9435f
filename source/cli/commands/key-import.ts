import path from 'node:path';
import {CofferError, Engine, shortId, wipeSecret, type Secret} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {explainMissing, programName, requireRepositoryUrl} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {isThere} from '../is-there.ts';
import {freeLabel} from '../key-labels.ts';
import {keyPolicyOf} from '../key-settings.ts';
import {assertNewKeyFile} from '../new-key-file.ts';
import {originOf} from '../origin.ts';
import {findRecoverySecret, readExportedKey} from '../recovery-secret.ts';
import {locateKey} from '../secrets.ts';
import {createKey, writeConfig} from '../set-up.ts';
import {explainLeftKeyFile} from './key-add.ts';

/** Where the new key file goes: where this command line and the configuration will look for it. @throws `usage`, `target-unusable` */
async function chooseKeyFile(context: CommandContext): Promise<string> {
	const {arguments: flags, cwd, paths} = context;
	const named = flags.text('newKeyFile');
	const place = named === undefined ? await locateKey(context, await context.config()) : undefined;
	if (place !== undefined && place.kind !== 'file') {
		throw new CofferError('usage', 'The key comes from elsewhere than a file here. Name with --new-key-file FILE where the new one is written, and bring it to where the key comes from.');
	}

	const file = named === undefined ? place?.file ?? paths.defaultKeyFile : path.resolve(cwd, named);
	if (await isThere(file)) {
		throw new CofferError('target-unusable', `There is a key file ${file} already. If it opens the repository, nothing has to be imported; else name another place for the new one with --new-key-file.`, {context: {file}});
	}

	await assertNewKeyFile(file);
	return file;
}

async function recover(context: CommandContext, url: string): Promise<Engine> {
	const exported = await readExportedKey(context);
	const origin = originOf(context);
	let passphrase: Buffer | undefined;
	try {
		await Engine.assertExists({repositoryUrl: url, runtime: context.runtime});
		passphrase = await findRecoverySecret(context);
		return await Engine.recover({
			repositoryUrl: url,
			stateFolder: context.paths.stateFolder,
			runtime: context.runtime,
			program: programName(),
			...(origin !== undefined && {origin}),
			keyPolicy: keyPolicyOf(await context.config()),
			recoverySecret: {passphrase},
			...(exported && {exported}),
			onEvent: createEventPrinter(context).listener,
		});
	} catch (error) {
		throw await explainMissing(error, url);
	} finally {
		passphrase?.fill(0);
	}
}

/** `coffer key import`: a key of its own for a host that has none, made with a recovery key. */
export async function keyImport(context: CommandContext): Promise<number> {
	const {output, log, paths, runtime} = context;
	const config = await context.config();
	const url = requireRepositoryUrl(context, config);
	const keyFile = await chooseKeyFile(context);
	const engine = await recover(context, url);
	let secret: Secret | undefined;
	try {
		const {keys} = await engine.keys.status();
		const label = freeLabel(`${runtime.user}@${runtime.identity.host}`.slice(0, 190), keys);
		const slot = await context.interruptible(async signal => engine.keys.add({label, role: 'owner', async secret(slotId) {
			secret = {keyFile: await createKey(keyFile, slotId, context)};
			return secret;
		}}, {signal}));
		log.in('security').write('info', 'key made with a recovery key', {slot: slot.id, label, keyFile});
		const isConfigWritten = config === undefined && !await isThere(paths.configFile);
		if (isConfigWritten) {
			await writeConfig(context, {repository: engine.url, keyFile}, {sources: []});
		}

		output.value({key: {id: slot.id, label, role: slot.role, created: slot.created}, repository: engine.url, keyFile, ...(isConfigWritten && {configFile: paths.configFile})});
		output.note(`Repository     ${engine.url}`);
		output.note(`Key file       ${keyFile}: the key "${label}" (${shortId(slot.id)}), an owner's`);
		output.note(`Configuration  ${paths.configFile}${isConfigWritten ? '' : ' (was there already; left as it is)'}`);
		output.note('Next: "coffer snapshots" lists what there is, "coffer restore latest --target DIR" brings the newest back. Sources are to be configured again.');
		output.note('Of keys that are lost or in wrong hands: "coffer key remove KEY", then "coffer key rotate --reencrypt".');
		return 0;
	} catch (error) {
		throw explainLeftKeyFile(error, secret && keyFile);
	} finally {
		wipeSecret(secret);
		await engine.close();
	}
}
