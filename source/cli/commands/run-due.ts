import {backUpAll, sumUp} from '../backup-runs.ts';
import {rotateByPolicy} from '../automatic-rotation.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {findDueSources} from '../due-sources.ts';
import {createEventPrinter} from '../event-printing.ts';
import {formatAmount, formatBytes, formatDuration} from '../../text/format.ts';
import {chooseSources} from '../source-requests.ts';

type Counts = {readonly configured: number; readonly due: number; readonly failed: number; readonly partial: number};

function summaryLine({configured, due, failed, partial}: Counts, {files, bytes, addedBytes, storedBytes, durationMs}: ReturnType<typeof sumUp>): string {
	const dueOf = `${due} of ${formatAmount(configured, 'source')} due`;
	if (due === 0) {
		return `${dueOf}; nothing to do.`;
	}

	const done = due - failed;
	const outcome = [`${done} backed up`, ...(partial > 0 ? [`${partial} of them not completely`] : []), ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
	return `${dueOf}: ${outcome}; ${formatAmount(files, 'file')}, ${formatBytes(bytes)}, ${formatBytes(addedBytes)} new, ${formatBytes(storedBytes)} stored, ${formatDuration(durationMs)}.`;
}

/** The worst exit code of several jobs: a failure, whichever it is, is worse than one that read not everything. */
export function worstCode(codes: readonly number[]): number {
	const worst = Math.max(0, ...codes.filter(code => code !== 3));
	return worst === 0 && codes.includes(3) ? 3 : worst;
}

/** `coffer --headless`: run everything that is due once, say it in one line, and end with the worst job's code. */
export async function runDue(context: CommandContext): Promise<number> {
	const {cwd, output, runtime, log} = context;
	const choices = chooseSources([], await context.config(), cwd);
	const printer = createEventPrinter(context);
	const engine = await openEngine(context, printer.listener);
	try {
		const due = await context.interruptible(async signal => findDueSources(engine, choices, runtime, signal));
		const {summaries, failures} = await backUpAll(context, engine, due, {printer, isBrief: true});
		const sums = sumUp(summaries);
		const rotation = await rotateByPolicy(context, engine, printer);
		const counts = {configured: choices.length, due: due.length, failed: failures.length, partial: summaries.filter(({unreadable}) => unreadable > 0).length};
		log.write('info', 'due jobs end', counts);
		output.value({event: 'summary', ...counts, ...sums, ...(rotation && {rotation: rotation.code === 0 ? 'done' : 'failed'})});
		output.note(`${summaryLine(counts, sums)}${rotation?.code === 0 ? ` The key was rotated: epoch ${rotation.epoch}.` : ''}`);
		return worstCode([...failures, ...(counts.partial > 0 ? [3] : []), ...(rotation ? [rotation.code] : [])]);
	} finally {
		printer.clear();
		await engine.close();
	}
}
