import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {recordPrune} from '../../logs/record-changes.ts';
import {describePrune} from '../prune-record.ts';
import {retentionOf} from '../retention-settings.ts';
import type {RunJob} from './run-job.ts';

/** What of the job's time is spent on writing packs anew, so that it ends by itself. */
const repackShare = 0.8;

/** Forget what the rules of retention do not keep, and free the space. A clock that looks wrong is never trusted here. */
export const runPruneJob: RunJob = async (context, {maximumRepackBytes, timeLimitMs}, signal) => {
	const retention = retentionOf(await context.config());
	const printer = createEventPrinter(context);
	const engine = await openEngine(context, printer.listener);
	try {
		const summary = await engine.pruning.prune({
			retention,
			...(maximumRepackBytes !== undefined && {maximumRepackBytes}),
			...(timeLimitMs !== undefined && {timeLimitMs: timeLimitMs * repackShare}),
		}, {signal, onEvent: printer.listener});
		printer.clear();
		recordPrune(context.log, summary);
		const {forgotten, remaining, freedBytes, waitingBytes} = summary;
		return {code: 0, summary: describePrune(summary), facts: {forgotten: forgotten.length, remaining, freedBytes, waitingBytes}};
	} finally {
		printer.clear();
		await engine.close();
	}
};
