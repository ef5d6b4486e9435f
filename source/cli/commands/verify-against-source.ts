import {CofferError, type CompareSourceSummary, type SourceDifference, type SourceDifferenceKind} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {formatAmount, formatBytes, formatDuration, formatTime} from '../../text/format.ts';
import {styled, type Style} from '../output.ts';
import {configuredSources, resolveReference} from '../source-requests.ts';

const styles: Readonly<Record<SourceDifferenceKind, Style>> = {missing: 'yellow', new: 'green', changed: 'yellow', rewritten: 'yellow', corrupt: 'red', unreadable: 'red', lost: 'red'};
/** What is always printed; of the others so many of a kind. */
const grave: ReadonlySet<SourceDifferenceKind> = new Set(['corrupt', 'lost', 'unreadable']);
const maximumPrinted = 20;

function printSummary({output}: CommandContext, {compared, problemsTotal, notes, durationMs}: CompareSourceSummary, hidden: number): void {
	if (hidden > 0) {
		output.note(`… and ${formatAmount(hidden, 'more difference')}; --verbose lists them.`);
	}

	for (const {source, snapshot, time, entries, bytes, missing, new: added, changed, rewritten, corrupt, unreadable, lost} of compared) {
		const isGood = corrupt === 0 && lost === 0;
		const counts = `${missing} missing, ${added} new, ${changed} changed, ${rewritten} rewritten, ${corrupt} corrupt, ${lost} lost, ${unreadable} unreadable`;
		output.note(styled(isGood ? 'ok' : 'damaged', isGood ? 'green' : 'red'), ` ${source}: snapshot ${snapshot.slice(0, 8)} of ${formatTime(time)}, ${formatAmount(entries, 'entry', 'entries')}, ${formatBytes(bytes)} compared: ${counts}.`);
	}

	for (const note of notes) {
		output.note(`note: ${note}`);
	}

	if (problemsTotal > 0) {
		output.warn(`${formatAmount(problemsTotal, 'entry', 'entries')} differ${problemsTotal === 1 ? 's' : ''} though nobody changed ${problemsTotal === 1 ? 'it' : 'them'}, or cannot be read from the repository (${formatDuration(durationMs)}).`);
	}
}

/** `coffer verify --against-source`. */
export async function verifyAgainstSource(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd, output, log} = context;
	if (flags.text('readData') !== undefined) {
		throw new CofferError('usage', '--against-source compares with the disk, --read-data reads the repository: run "coffer verify" once with each.');
	}

	const sources = configuredSources(await context.config()).flatMap(({source}) => source.kind === 'files' ? [source] : []);
	const printer = createEventPrinter(context);
	const engine = await openEngine(context, printer.listener);
	const counts = new Map<SourceDifferenceKind, number>();
	let hidden = 0;
	const onDifference = ({kind, snapshot, path, message}: SourceDifference) => {
		const count = (counts.get(kind) ?? 0) + 1;
		counts.set(kind, count);
		output.event({event: 'difference', kind, snapshot, path, message} as {event: string});
		if (grave.has(kind) || output.isVerbose || count <= maximumPrinted) {
			output.print(styled(kind.padEnd(10), styles[kind]), ` ${path}: ${message}`);
		} else {
			hidden++;
		}
	};

	try {
		log.write('info', 'verify against source begins');
		const summary = await context.interruptible(async signal => engine.compareSource({
			sources, onDifference,
			...(flags.input.length > 0 && {snapshots: flags.input.map(reference => resolveReference(reference, cwd))}),
		}, {signal, onEvent: printer.listener}));
		printer.clear();
		for (const {path, message} of summary.problems) {
			log.write('error', message, {path});
		}

		log.write(summary.problemsTotal > 0 ? 'error' : 'info', 'verify against source ends', {problems: summary.problemsTotal, durationMs: summary.durationMs});
		printSummary(context, summary, hidden);
		output.event({event: 'summary', ...summary});
		return summary.problemsTotal > 0 ? 13 : (summary.compared.some(({unreadable}) => unreadable > 0) ? 3 : 0);
	} finally {
		printer.clear();
		await engine.close();
	}
}
