import path from 'node:path';
import {CofferError, type LoadSummary} from '../../engine/index.ts';
import {formatAmount, formatBytes, formatDuration} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {resolveReference} from '../source-requests.ts';

/** Flags that say where files go, which a database has not. */
const ofFiles = ['target', 'exclude', 'delete'] as const;

function chooseOverwrite({arguments: flags}: CommandContext): 'never' | 'always' {
	const overwrite = flags.text('overwrite') ?? 'never';
	if (overwrite !== 'never' && overwrite !== 'always') {
		throw new CofferError('usage', `With --into a database is left alone (--overwrite never) or replaced as a whole (--overwrite always); "${overwrite}" is for files.`);
	}

	return overwrite;
}

function printPlan({output}: CommandContext, {server, databases}: LoadSummary, overwrite: 'never' | 'always'): void {
	for (const {name, into, bytes, tables, existing} of databases) {
		const isFull = (existing?.objects ?? 0) > 0;
		const place = existing === undefined ? 'which would be created' : (isFull ? `which has ${formatAmount(existing.objects, 'object')}, ${formatAmount(existing.tables, 'table')} among them` : 'which is empty');
		const fate = isFull ? (overwrite === 'always' ? ' All of it would be replaced.' : ' It would be refused without --overwrite always.') : '';
		output.print(`${name}: ${formatBytes(bytes)}, ${formatAmount(tables, 'table')}, would go into the database ${into} of ${server}, ${place}.${fate}`);
	}

	output.print('Nothing was changed.');
}

function printLoaded({output}: CommandContext, {server, databases, problems, notes, durationMs}: LoadSummary): void {
	const failed = new Set(problems.map(({database}) => database));
	for (const {name, into, tables, rows = 0, compared} of databases.filter(database => !failed.has(database.into))) {
		output.note(`${name}: loaded into the database ${into} of ${server}: ${formatAmount(tables, 'table')}, ${formatAmount(rows, 'row')}${compared === 'checksums' ? ', checksums' : ''} as in the dump; ${formatDuration(durationMs)}.`);
	}

	for (const note of notes) {
		output.warn(note);
	}

	for (const {database, message} of problems) {
		output.warn(`${database}: ${message}`);
	}
}

/** `coffer restore --into`: dumps into a database server. */
export async function restoreInto(context: CommandContext, reference: string): Promise<number> {
	const {arguments: flags, cwd, output, log} = context;
	const misplaced = ofFiles.find(flag => flags.isSet(flag) || flags.texts(flag).length > 0 || flags.text(flag) !== undefined);
	if (misplaced !== undefined) {
		throw new CofferError('usage', `--into loads a database, --${misplaced} is for files: leave one of them out.`);
	}

	const overwrite = chooseOverwrite(context);
	const passwordFile = flags.text('intoPasswordFile');
	const isDryRun = flags.isSet('dryRun');
	const printer = createEventPrinter(context);
	const engine = await openEngine(context, printer.listener);
	try {
		log.write('info', 'restore into a database begins', {snapshot: reference, overwrite, isDryRun});
		const databases = flags.texts('include');
		const summary = await context.interruptible(async signal => engine.dumps.load({
			snapshot: resolveReference(reference, cwd),
			into: flags.text('into')!,
			overwrite,
			isDryRun,
			hasChecksums: flags.isSet('checksums'),
			...(databases.length > 0 && {databases}),
			...(passwordFile !== undefined && {password: {file: path.resolve(cwd, passwordFile)}}),
		}, {signal, onEvent: printer.listener}));
		printer.clear();
		const {server, problems, bytes, durationMs} = summary;
		const failed = problems.length;
		const restored = summary.databases.filter(({into}) => problems.every(({database}) => database !== into)).length;
		log.write(failed > 0 ? 'error' : 'info', 'restore into a database ends', {server, databases: restored, failed, durationMs});
		if (isDryRun) {
			printPlan(context, summary, overwrite);
		} else {
			printLoaded(context, summary);
		}

		output.event({event: 'summary', restored: isDryRun ? 0 : restored, skipped: 0, failed, bytes, problems, durationMs, server, databases: summary.databases, notes: summary.notes} as {event: string});
		return failed > 0 ? 1 : 0;
	} finally {
		printer.clear();
		await engine.close();
	}
}
