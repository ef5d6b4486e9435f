import {CofferError, shortId} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {ask} from '../prompt.ts';

/** `coffer key remove`. A person at a terminal types the label; without a terminal nobody is asked. */
export async function keyRemove(context: CommandContext): Promise<number> {
	const {arguments: flags, output, log} = context;
	const [, reference] = flags.input;
	if (reference === undefined) {
		throw new CofferError('usage', 'Name the key to remove by its label or the first digits of its id. "coffer key list" shows them.');
	}

	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		await engine.keys.assertOwner('remove keys');
		const {id, label, role} = await engine.keys.find(reference);
		if (context.isInteractive && !flags.isSet('yes')) {
			const typed = await ask(`The key "${label}" (${shortId(id)}, ${role}) will open nothing any more. Type its label to remove it: `, context);
			if (typed.trim() !== label) {
				throw new CofferError('usage', `That is not "${label}". Nothing was removed.`);
			}
		}

		const removed = await context.interruptible(async signal => engine.keys.remove(id, {signal}));
		log.in('security').write('info', 'key removed', {slot: id, label, role});
		output.value({removed: {id, label, role, created: removed.created}});
		output.note(`Removed the key "${label}" (${shortId(id)}): it opens nothing from now on.`);
		output.note('Who had it may have kept a copy of the repository\'s keys: where it was stolen, "coffer key rotate --reencrypt" protects what is stored, too.');
		return 0;
	} finally {
		await engine.close();
	}
}
