import {isCofferError, throwIfAborted, type BackupClass, type BackupSummary, type Engine, type ErrorCode} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {exitCodeOf} from '../exit-codes.ts';
import {formatAmount, formatBytes, formatDuration} from '../format.ts';
import type {EventPrinter} from '../progress.ts';
import {chooseSources, type SourceChoice} from '../source-requests.ts';

/** Errors of one source that leave the others unharmed. */
const ofOneSource: readonly ErrorCode[] = ['source-missing', 'source-failed'];

function printSummary({output}: CommandContext, name: string, summary: BackupSummary): void {
	const {snapshot, files, bytes, addedBytes, storedBytes, durationMs, unreadable, changed} = summary;
	const what = `${formatAmount(files, 'file')}, ${formatBytes(bytes)}`;
	if (snapshot === undefined) {
		output.print(`${name}: would read ${formatBytes(addedBytes)} of ${what} in all. Nothing was stored.`);
	} else {
		output.note(`${name}: snapshot ${snapshot.id.slice(0, 8)}, ${what}, ${formatBytes(addedBytes)} new, ${formatBytes(storedBytes)} stored, ${formatDuration(durationMs)}.`);
	}

	if (changed > 0) {
		output.note(`${name}: ${formatAmount(changed, 'entry', 'entries')} changed while being read.`);
	}

	if (unreadable > 0) {
		output.warn(`${name}: ${formatAmount(unreadable, 'entry', 'entries')} could not be read and ${unreadable === 1 ? 'is' : 'are'} missing from the snapshot.`);
	}
}

async function backUpOne(context: CommandContext, engine: Engine, choice: SourceChoice, {printer, signal}: {readonly printer: EventPrinter; readonly signal: AbortSignal}): Promise<BackupSummary> {
	const {arguments: flags, log} = context;
	const {source} = choice;
	const tags = [...(choice.tags ?? []), ...flags.texts('tag')];
	log.write('info', 'backup begins', {source: source.name});
	const summary = await engine.backup({
		source,
		class: flags.text('class') as BackupClass | undefined ?? choice.class ?? 'manual',
		...(tags.length > 0 && {tags}),
		isDryRun: flags.isSet('dryRun'),
		verifyWrites: flags.isSet('verifyWrites'),
	}, {signal, onEvent: printer.listener});
	printer.clear();
	const {snapshot, files, bytes, addedBytes, storedBytes, durationMs, unreadable} = summary;
	log.write('info', 'backup ends', {source: source.name, snapshot: snapshot?.id, files, bytes, addedBytes, storedBytes, durationMs, unreadable});
	printSummary(context, source.name, summary);
	return summary;
}

/** `coffer backup`: one snapshot a source. A source that fails does not keep the others from being backed up. */
export async function backup(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd, output, log} = context;
	const choices = chooseSources(flags.input, await context.config(), cwd);
	const printer = createEventPrinter(context);
	const engine = await openEngine(context, printer.listener);
	const summaries: BackupSummary[] = [];
	let code = 0;
	try {
		await context.interruptible(async signal => {
			for (const choice of choices) {
				throwIfAborted(signal);
				printer.label = choices.length > 1 ? choice.source.name : undefined;
				try {
					summaries.push(await backUpOne(context, engine, choice, {printer, signal}));
				} catch (error) {
					if (choices.length === 1 || !isCofferError(error, ...ofOneSource)) {
						throw error;
					}

					log.write('error', error.message, {code: error.code, source: choice.source.name});
					output.error(error, choice.source.name);
					code = code === 0 ? exitCodeOf(error) : code;
				}
			}
		});
	} finally {
		printer.clear();
		await engine.close();
	}

	const sum = (of: (summary: BackupSummary) => number) => summaries.reduce((total, summary) => total + of(summary), 0);
	output.event({
		event: 'summary',
		snapshots: summaries.flatMap(({snapshot}) => snapshot ? [{id: snapshot.id, source: snapshot.source}] : []),
		files: sum(({files}) => files),
		directories: sum(({directories}) => directories),
		bytes: sum(({bytes}) => bytes),
		addedBytes: sum(({addedBytes}) => addedBytes),
		storedBytes: sum(({storedBytes}) => storedBytes),
		unreadable: sum(({unreadable}) => unreadable),
		changed: sum(({changed}) => changed),
		durationMs: sum(({durationMs}) => durationMs),
		isDryRun: flags.isSet('dryRun'),
	} as {event: string});
	const isPartial = summaries.some(({unreadable}) => unreadable > 0);
	return code === 0 && isPartial ? 3 : code;
}
