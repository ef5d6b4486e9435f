import {CofferError} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {formatAmount, formatBytes, formatTime} from '../../text/format.ts';
import {resolveReference} from '../source-requests.ts';

/** `coffer forget`. */
export async function forget(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd, output, log} = context;
	if (flags.input.length === 0) {
		throw new CofferError('usage', 'Name the snapshots to forget by their ids (or the first digits of them). "coffer snapshots" lists them. By rules of retention they are forgotten with "coffer prune".');
	}

	const isDryRun = flags.isSet('dryRun');
	const {listener} = createEventPrinter(context);
	const engine = await openEngine(context, listener);
	try {
		const snapshots = flags.input.map(reference => resolveReference(reference, cwd));
		const summary = await context.interruptible(async signal => engine.pruning.forget({snapshots, isDryRun}, {signal, onEvent: listener}));
		const {forgotten, completed, lost, emptied, remaining} = summary;
		log.write('info', isDryRun ? 'forget, dry run' : 'forget', {snapshots: [...forgotten.map(({id}) => id), ...completed].join(' '), remaining});
		for (const {id, time, source, host, bytes} of forgotten) {
			if (!isDryRun) {
				log.in('security').write('info', 'snapshot forgotten', {snapshot: id, source, host, time});
			}

			output.print(`${isDryRun ? 'Would forget' : 'Forgot'} ${id.slice(0, 8)} of "${source}" on ${host}, taken ${formatTime(time)} (${formatBytes(bytes)}).`);
		}

		for (const id of lost) {
			output.print(`${isDryRun ? 'Would note' : 'Noted'} that ${id}, which is lost, is forgotten.`);
		}

		if (completed.length > 0) {
			output.note(`${isDryRun ? 'Would remove' : 'Removed'} ${formatAmount(completed.length, 'snapshot')} that an interrupted run had left half forgotten.`);
		}

		for (const {source, host} of emptied) {
			output.warn(`no snapshot of "${source}" on ${host} ${isDryRun ? 'would be' : 'is'} left.`);
		}

		output.note(isDryRun
			? 'Nothing was changed.'
			: `${formatAmount(remaining, 'snapshot')} left. The space comes back with "coffer prune".`);
		output.value(summary);
		return 0;
	} finally {
		await engine.close();
	}
}
