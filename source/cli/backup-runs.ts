import {isCofferError, keepHeapSmall, throwIfAborted, type BackupClass, type BackupSummary, type Engine, type ErrorCode, type Source} from '../engine/index.ts';
import {formatAmount, formatBytes, formatDuration} from '../text/format.ts';
import type {CommandContext} from './command-line.ts';
import {exitCodeOf} from './exit-codes.ts';
import type {EventPrinter} from './progress.ts';
import type {SourceChoice} from './source-requests.ts';

type RunOptions = {readonly printer: EventPrinter; readonly isBrief?: boolean};

/** How the runs of several sources ended. */
export type BackupRuns = {
	readonly summaries: readonly BackupSummary[];
	/** One for each source that failed, or whose hook afterwards did, with the exit code. */
	readonly failures: ReadonlyArray<{readonly source: string; readonly code: number}>;
};

/** Errors of one source that leave the others unharmed. */
const ofOneSource: readonly ErrorCode[] = ['source-missing', 'source-failed'];

function printSummary({output}: CommandContext, {name, kind}: Source, summary: BackupSummary, isBrief: boolean): void {
	const {snapshot, files, bytes, addedBytes, storedBytes, durationMs, unreadable, changed} = summary;
	const what = `${formatAmount(files, 'file')}, ${formatBytes(bytes)}`;
	if (snapshot === undefined && kind !== 'files') {
		output.print(`${name}: could be read (${kind}). How much it has shows only when it is. Nothing was stored.`);
	} else if (snapshot === undefined) {
		output.print(`${name}: would read ${formatBytes(addedBytes)} of ${what} in all. Nothing was stored.`);
	} else if (!isBrief) {
		output.note(`${name}: snapshot ${snapshot.id.slice(0, 8)}, ${what}, ${formatBytes(addedBytes)} new, ${formatBytes(storedBytes)} stored, ${formatDuration(durationMs)}.`);
	}

	if (changed > 0 && !isBrief) {
		output.note(`${name}: ${formatAmount(changed, 'entry', 'entries')} changed while being read.`);
	}

	if (unreadable > 0) {
		output.warn(`${name}: ${formatAmount(unreadable, 'entry', 'entries')} could not be read and ${unreadable === 1 ? 'is' : 'are'} missing from the snapshot.`);
	}
}

async function backUpOne(context: CommandContext, engine: Engine, choice: SourceChoice, {printer, isBrief = false, signal}: RunOptions & {readonly signal: AbortSignal}): Promise<BackupSummary> {
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
	}, {signal, onEvent(event) {
		keepHeapSmall(event);
		printer.listener(event);
	}});
	printer.clear();
	const {snapshot, files, bytes, addedBytes, storedBytes, durationMs, unreadable, hooks} = summary;
	log.write('info', 'backup ends', {source: source.name, kind: source.kind, classification: source.classification, before: hooks?.before?.status, after: hooks?.after?.status, snapshot: snapshot?.id, files, bytes, addedBytes, storedBytes, durationMs, unreadable});
	printSummary(context, source, summary, isBrief);
	return summary;
}

/** The sums over all runs, as `--json` shows them. */
export function sumUp(summaries: readonly BackupSummary[]) {
	const sum = (of: (summary: BackupSummary) => number) => summaries.reduce((total, summary) => total + of(summary), 0);
	return {
		snapshots: summaries.flatMap(({snapshot, hooks}) => snapshot ? [{id: snapshot.id, source: snapshot.source, ...(hooks && {hooks})}] : []),
		files: sum(({files}) => files),
		directories: sum(({directories}) => directories),
		bytes: sum(({bytes}) => bytes),
		addedBytes: sum(({addedBytes}) => addedBytes),
		storedBytes: sum(({storedBytes}) => storedBytes),
		unreadable: sum(({unreadable}) => unreadable),
		changed: sum(({changed}) => changed),
		durationMs: sum(({durationMs}) => durationMs),
	};
}

/**
Back up several sources, one snapshot each. One that fails is named, and does not keep the others from being backed up.
@param options.isBrief - The caller prints one line for all: none for each that went well, and even a single source that fails is left to it. @default false
@throws what is not about one source alone
*/
export async function backUpAll(context: CommandContext, engine: Engine, choices: readonly SourceChoice[], {printer, isBrief = false}: RunOptions): Promise<BackupRuns> {
	const {output, log} = context;
	const summaries: BackupSummary[] = [];
	const failures: Array<BackupRuns['failures'][number]> = [];
	await context.interruptible(async signal => {
		for (const choice of choices) {
			throwIfAborted(signal);
			printer.label = choices.length > 1 ? choice.source.name : undefined;
			try {
				const summary = await backUpOne(context, engine, choice, {printer, signal, isBrief});
				summaries.push(summary);
				if (summary.hooks?.after?.status === 'failed') {
					failures.push({source: choice.source.name, code: 1});
				}
			} catch (error) {
				if ((choices.length === 1 && !isBrief) || !isCofferError(error, ...ofOneSource)) {
					throw error;
				}

				log.write('error', error.message, {code: error.code, source: choice.source.name});
				output.error(error, choice.source.name);
				failures.push({source: choice.source.name, code: exitCodeOf(error)});
			}
		}
	});
	return {summaries, failures};
}
