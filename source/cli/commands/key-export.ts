import path from 'node:path';
import {CofferError, createRecoveryCode, shortId, type Engine} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {assertWritable, assessExportPlace} from '../export-place.ts';
import {assertLabelFree, freeLabel} from '../key-labels.ts';
import {chooseNewPassphrase} from '../new-passphrase.ts';
import {chooseCodeOutput, type CodeOutput} from '../recovery-code-output.ts';
import {locateKey} from '../secrets.ts';

/** Where the exported file is to lie. @throws `target-unusable` */
async function chooseFile(context: CommandContext, engine: Engine): Promise<{readonly file: string; readonly warnings: readonly string[]}> {
	const {arguments: flags, cwd} = context;
	const file = path.resolve(cwd, flags.input[1] ?? `coffer-recovery-${engine.repositoryId.slice(0, 8)}.json`);
	const folder = await assertWritable(file);
	const place = await locateKey(context, await context.config());
	const repositoryFolder = engine.url.startsWith('/') ? engine.url : undefined;
	return {file, warnings: await assessExportPlace(folder, file, {repositoryFolder, keyFile: place?.kind === 'file' ? place.file : undefined})};
}

async function chooseLabel({arguments: flags}: CommandContext, engine: Engine): Promise<string> {
	const {keys} = await engine.keys.status();
	const label = flags.text('label');
	if (label === undefined) {
		return freeLabel('recovery', keys);
	}

	assertLabelFree(label, keys);
	return label;
}

/** `coffer key export`. */
export async function keyExport(context: CommandContext): Promise<number> {
	const {arguments: flags, output, log, runtime} = context;
	const isWithPassphrase = flags.isSet('passphrase');
	if (isWithPassphrase && (flags.text('codeFile') ?? flags.text('codeFd')) !== undefined) {
		throw new CofferError('usage', 'With --passphrase there is no recovery code to write: leave out --code-file and --code-fd.');
	}

	const codeOutput: CodeOutput | undefined = isWithPassphrase ? undefined : await chooseCodeOutput(context);
	const engine = await openEngine(context, createEventPrinter(context).listener);
	let passphrase: Buffer | undefined;
	try {
		await engine.keys.assertOwner('make recovery keys');
		const {file, warnings} = await chooseFile(context, engine);
		const label = await chooseLabel(context, engine);
		passphrase = isWithPassphrase ? await chooseNewPassphrase(context) : createRecoveryCode(runtime);
		const secret = {passphrase};
		await codeOutput?.prepare(passphrase);
		const {slot} = await context.interruptible(async signal => {
			try {
				return await engine.keys.export({label, secret, file}, {signal});
			} catch (error) {
				const isMade = (await engine.keys.status()).keys.some(key => key.label === label);
				await (isMade ? codeOutput?.show(secret.passphrase) : codeOutput?.takeBack());
				throw error;
			}
		});
		log.in('security').write('info', 'recovery key made', {slot: slot.id, label, file});
		output.value({key: {id: slot.id, label, role: slot.role, created: slot.created}, file});
		await codeOutput?.show(passphrase);
		for (const warning of warnings) {
			output.warn(warning);
		}

		output.note(`Made the recovery key "${label}" (${shortId(slot.id)}): ${file}. It opens everything, and every rotation on this machine renews the file as long as it lies there.`);
		output.note(`Prove it now and from time to time: coffer key check ${file}. On a new machine: coffer key import FILE --repository URL.`);
		return 0;
	} finally {
		passphrase?.fill(0);
		await engine.close();
	}
}
