import {CofferError, type PruneRequest} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {parseAmount} from '../data-share.ts';
import {createEventPrinter} from '../event-printing.ts';
import {recordPrune} from '../../logs/record-changes.ts';
import {printPrune} from '../prune-report.ts';
import {retentionOf} from '../retention-settings.ts';

/** @throws `usage` */
function askedRepackLimit(text: string): number {
	const bytes = text === '0' ? 0 : parseAmount(text);
	if (bytes === undefined) {
		throw new CofferError('usage', `--max-repack takes an amount such as 500M or 2G, or 0, not "${text}".`);
	}

	return bytes;
}

/** `coffer prune`. */
export async function prune(context: CommandContext): Promise<number> {
	const {arguments: flags, output, log} = context;
	const limit = flags.text('maxRepack');
	const maximumRepackBytes = limit === undefined ? undefined : askedRepackLimit(limit);
	const isForgetting = flags.choice('retention') ?? true;
	if (!isForgetting && flags.isSet('trustClock')) {
		throw new CofferError('usage', '--trust-clock is about what is forgotten by time; with --no-retention nothing is.');
	}

	const config = await context.config();
	const request: PruneRequest = {
		...(isForgetting && {retention: retentionOf(config)}),
		...(maximumRepackBytes !== undefined && {maximumRepackBytes}),
		isClockTrusted: flags.isSet('trustClock'),
		isDryRun: flags.isSet('dryRun'),
	};
	const printer = createEventPrinter(context);
	const engine = await openEngine(context, printer.listener);
	try {
		log.write('info', 'prune begins', {retention: isForgetting, dryRun: request.isDryRun, ...(request.isClockTrusted && {trustClock: true})});
		const summary = await context.interruptible(async signal => engine.pruning.prune(request, {signal, onEvent: printer.listener}));
		printer.clear();
		recordPrune(log, summary);
		await printPrune(output, summary);
		output.event({event: 'summary', ...summary});
		return 0;
	} finally {
		printer.clear();
		await engine.close();
	}
}
