import type {VerifySummary} from '../../engine/index.ts';
import {endWork, type EndedWork} from '../alerts/end-work.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {parseDataShare} from '../data-share.ts';
import {createEventPrinter} from '../event-printing.ts';
import {formatAmount, formatBytes, formatDuration} from '../../text/format.ts';
import {styled} from '../output.ts';
import {resolveReference} from '../source-requests.ts';

const maximumPrintedFiles = 20;

function printProblems({output}: CommandContext, {problems, notes}: VerifySummary): void {
	for (const {object, message, files, filesTotal} of problems) {
		output.print(styled('damaged', 'red'), ` ${object}: ${message}`);
		const shown = output.isVerbose ? files : files.slice(0, maximumPrintedFiles);
		for (const file of shown) {
			output.print(`  hits ${file}`);
		}

		if (filesTotal > shown.length) {
			output.print(`  and ${formatAmount(filesTotal - shown.length, 'more file')}`);
		}
	}

	for (const note of notes) {
		output.note(`note: ${note}`);
	}
}

/** `coffer verify`. */
export async function verify(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd, output, log} = context;
	if (flags.isSet('againstSource')) {
		const {verifyAgainstSource} = await import('./verify-against-source.ts');
		return verifyAgainstSource(context);
	}

	const share = flags.text('readData');
	const readData = share === undefined ? undefined : parseDataShare(share);
	const printer = createEventPrinter(context);
	let ended: EndedWork = {engine: undefined};
	try {
		const engine = await openEngine(context, printer.listener);
		ended = {engine};
		log.write('info', 'verify begins', {readData: share});
		const summary = await context.interruptible(async signal => engine.verify({
			...(readData !== undefined && {readData}),
			...(flags.input.length > 0 && {snapshots: flags.input.map(reference => resolveReference(reference, cwd))}),
		}, {signal, onEvent: printer.listener}));
		printer.clear();
		const {checkedObjects, checkedBytes, problems, durationMs} = summary;
		log.write(problems.length > 0 ? 'error' : 'info', 'verify ends', {checkedObjects, checkedBytes, problems: problems.length, durationMs});
		for (const {object, message} of problems) {
			log.write('error', message, {object});
		}

		printProblems(context, summary);
		const what = `${formatAmount(checkedObjects, 'object')}, ${formatBytes(checkedBytes)} read, ${formatDuration(durationMs)}`;
		if (problems.length > 0) {
			output.warn(`damage was found in ${formatAmount(problems.length, 'object')} (${what}).`);
		} else {
			const depth = readData === undefined ? 'The structure is intact; file data was not read (--read-data).' : (readData === 'all' ? 'Everything is intact, data included.' : 'Everything that was read is intact.');
			output.note(styled('ok', 'green'), ` ${depth} ${formatAmount(summary.snapshots.length, 'snapshot')}, ${what}.`);
		}

		output.event({event: 'summary', ...summary});
		return problems.length > 0 ? 13 : 0;
	} catch (error) {
		ended = {...ended, error};
		throw error;
	} finally {
		printer.clear();
		await endWork(context, ended);
	}
}
