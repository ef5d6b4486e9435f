import type {CommandContext} from '../command-line.ts';
import {backUpAll, sumUp} from '../backup-runs.ts';
import {endWork, type EndedWork} from '../alerts/end-work.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {chooseSources} from '../source-requests.ts';

/** `coffer backup`: one snapshot a source. A source that fails does not keep the others from being backed up. */
export async function backup(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd, output} = context;
	const choices = chooseSources(flags.input, await context.config(), cwd);
	const printer = createEventPrinter(context);
	let ended: EndedWork = {engine: undefined};
	try {
		const engine = await openEngine(context, printer.listener);
		ended = {engine};
		const {summaries, failures} = await backUpAll(context, engine, choices, {printer});
		output.event({event: 'summary', ...sumUp(summaries), isDryRun: flags.isSet('dryRun')} as {event: string});
		const isPartial = summaries.some(({unreadable}) => unreadable > 0);
		return failures[0]?.code ?? (isPartial ? 3 : 0);
	} catch (error) {
		ended = {...ended, error};
		throw error;
	} finally {
		printer.clear();
		await endWork(context, ended);
	}
}
