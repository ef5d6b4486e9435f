import {shortId} from '../../engine/index.ts';
import {formatAmount, formatTime} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {findRecoverySecret, readExportedKey} from '../recovery-secret.ts';

const worth = {
	current: 'The exported file is of the newest epoch: with it everything opens even where the repository\'s own copy of the key is lost.',
	older: 'The exported file is of before the last rotation: it opens everything as long as the repository has its own copy of the key. Where that is lost, only what was written before; make a new recovery key with "coffer key export" to have both.',
} as const;

/** `coffer key check`. */
export async function keyCheck(context: CommandContext): Promise<number> {
	const {output, log} = context;
	const exported = await readExportedKey(context);
	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		const passphrase = await findRecoverySecret(context);
		try {
			const check = await context.interruptible(async signal => engine.keys.check({secret: {passphrase}, ...(exported && {exported})}, {signal}));
			const {slot, dataKeys, snapshot} = check;
			log.in('security').write('info', 'recovery key checked', {slot: slot.id, label: slot.label, exported: check.exported, dataKeys});
			output.value({key: slot, exported: check.exported ?? null, dataKeys, snapshot: snapshot ?? null});
			output.print(`The key "${slot.label}" (${shortId(slot.id)}), made ${formatTime(slot.created)}, opens the repository and ${dataKeys === 0 ? 'its keys; there is no data yet' : `all its ${formatAmount(dataKeys, 'data key')}`}.${snapshot ? ` The newest snapshot (${shortId(snapshot.id)}, ${formatTime(snapshot.time)}) was read with it.` : ''}`);
			output.note(check.exported === undefined ? 'What was checked is the repository\'s own copy of the key. With the exported file, "coffer key check FILE" checks that, too.' : worth[check.exported]);
			return 0;
		} finally {
			passphrase.fill(0);
		}
	} finally {
		await engine.close();
	}
}
