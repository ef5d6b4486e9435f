import path from 'node:path';
import {CofferError, errorText, isCofferError, shortId, wipeSecret, type Role, type Secret} from '../../engine/index.ts';
import {formatTime} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {parseExpiry} from '../expiry.ts';
import {assertLabelFree} from '../key-labels.ts';
import {assertNewKeyFile} from '../new-key-file.ts';
import {chooseNewPassphrase} from '../new-passphrase.ts';
import {roleAbilities} from '../role-abilities.ts';
import {createKey} from '../set-up.ts';

type Wanted = {
	readonly role: Role;
	readonly label: string;
	readonly expires?: string;
	readonly keyFile?: string;
	readonly isWithPassphrase: boolean;
};

/** What the command line asks for; nothing is opened yet. @throws `usage`, `target-unusable` */
async function readWanted({arguments: flags, cwd, runtime}: CommandContext): Promise<Wanted> {
	const role = flags.text('role') as Role | undefined;
	if (role === undefined) {
		throw new CofferError('usage', `Say what the new key may do: --role owner (${roleAbilities.owner.can}), --role backup (${roleAbilities.backup.can}) or --role auditor (${roleAbilities.auditor.can}).`);
	}

	const file = flags.text('newKeyFile');
	const isWithPassphrase = flags.isSet('newPassphrase');
	if (file === undefined && !isWithPassphrase) {
		throw new CofferError('usage', 'Say what is to open the new key: --new-key-file FILE, which is written here and to be brought to its host, --new-passphrase, or both, which are needed together then.');
	}

	const keyFile = file === undefined ? undefined : path.resolve(cwd, file);
	if (keyFile !== undefined) {
		await assertNewKeyFile(keyFile);
	}

	const expires = flags.text('expires');
	return {role, label: flags.text('label') ?? role, isWithPassphrase, ...(keyFile !== undefined && {keyFile}), ...(expires !== undefined && {expires: parseExpiry(expires, runtime.now())})};
}

function explain({output}: CommandContext, {role, keyFile, expires}: Wanted): void {
	const {can, cannot} = roleAbilities[role];
	output.note(`It can ${can}.${role === 'owner' ? '' : ` It cannot ${cannot}.`}${expires === undefined ? '' : ` It expires on ${formatTime(expires)}.`}`);
	if (keyFile !== undefined) {
		output.note(`Bring ${keyFile} to its host by a way that nobody else reads (such as scp), as a file of mode 600 in a folder of its user; name it there with --key-file or as "key" in the configuration, and delete it here.`);
	}
}

/** `coffer key add`. */
export async function keyAdd(context: CommandContext): Promise<number> {
	const {output, log} = context;
	const wanted = await readWanted(context);
	const {role, label, expires, keyFile} = wanted;
	const engine = await openEngine(context, createEventPrinter(context).listener);
	let secret: Secret | undefined;
	try {
		await engine.keys.assertOwner('add keys');
		assertLabelFree(label, (await engine.keys.status()).keys);
		const passphrase = wanted.isWithPassphrase ? await chooseNewPassphrase(context) : undefined;
		secret = passphrase && {passphrase};
		const slot = await context.interruptible(async signal => engine.keys.add({
			label, role, ...(expires !== undefined && {expires}),
			async secret(slotId) {
				secret = {...secret, ...(keyFile !== undefined && {keyFile: await createKey(keyFile, slotId, context)})};
				return secret;
			},
		}, {signal}));
		const {id, created} = slot;
		log.in('security').write('info', 'key added', {slot: id, label, role});
		output.value({key: {id, label, role, created, ...(expires !== undefined && {expires})}, ...(keyFile !== undefined && {keyFile})});
		output.note(`Made the key "${label}" (${shortId(id)}) with the role ${role}${keyFile === undefined ? '' : `: ${keyFile}`}.`);
		explain(context, wanted);
		return 0;
	} catch (error) {
		throw explainLeftKeyFile(error, secret?.keyFile && keyFile);
	} finally {
		wipeSecret(secret);
		await engine.close();
	}
}

/** Whether a slot was made before it failed nobody knows here, so the key file stays. */
export function explainLeftKeyFile(error: unknown, keyFile: string | undefined): unknown {
	return keyFile === undefined
		? error
		: new CofferError(isCofferError(error) ? error.code : 'internal', `${errorText(error)} The key file ${keyFile} was made already and stays: if "coffer key list" does not show its key, delete it before you try again.`, {cause: error});
}
