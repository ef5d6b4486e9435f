import path from 'node:path';
import {CofferError, type OverwritePolicy, type RestoreSummary} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {formatAmount, formatBytes, formatDuration} from '../../text/format.ts';
import {resolveReference} from '../source-requests.ts';

/** Policies that leave every existing file as it is. */
const harmless: ReadonlySet<string> = new Set(['never', 'keep-both']);

function printDryRun({output}: CommandContext, {planned, bytes}: RestoreSummary): void {
	const {folders, create, replace, compare, identical, kept, delete: deleted} = planned;
	output.print(`Would make ${formatAmount(create, 'file')} and ${formatAmount(folders, 'folder')} (${formatBytes(bytes)}), replace ${formatAmount(replace, 'file')}, `
		+ `compare ${formatAmount(compare, 'file')}, leave ${formatAmount(kept, 'file')} that ${kept === 1 ? 'differs' : 'differ'} and ${formatAmount(identical, 'file')} that ${identical === 1 ? 'is' : 'are'} the same, `
		+ `delete ${formatAmount(deleted, 'entry', 'entries')}. Nothing was changed.`);
}

/** `coffer restore`. */
export async function restore(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd, output, log} = context;
	const [reference] = flags.input;
	if (reference === undefined || flags.input.length > 1) {
		throw new CofferError('usage', 'Name one snapshot to restore: its id (or the first digits of it), "latest" or "latest:SOURCE". "coffer snapshots" lists them.');
	}

	if (flags.text('into') !== undefined) {
		const {restoreInto} = await import('./restore-into.ts');
		return restoreInto(context, reference);
	}

	if (flags.text('intoPasswordFile') !== undefined || flags.isSet('checksums')) {
		throw new CofferError('usage', '--into-password-file and --checksums are for loading a database: name its server with --into, or leave them out.');
	}

	const target = flags.text('target');
	const overwrite = (flags.text('overwrite') ?? 'never') as OverwritePolicy;
	if (target === undefined && (!harmless.has(overwrite) || flags.isSet('delete'))) {
		throw new CofferError('usage', 'Replacing or deleting files in their original places asks for "--target /" in so many words; or name another folder with --target.');
	}

	const isDryRun = flags.isSet('dryRun');
	const printer = createEventPrinter(context);
	const engine = await openEngine(context, printer.listener);
	try {
		log.write('info', 'restore begins', {snapshot: reference, target: target ?? '/', overwrite, isDryRun});
		const summary = await context.interruptible(async signal => engine.restore({
			snapshot: resolveReference(reference, cwd),
			target: path.resolve(cwd, target ?? '/'),
			includes: flags.texts('include'),
			excludes: flags.texts('exclude'),
			overwrite,
			delete: flags.isSet('delete'),
			isDryRun,
		}, {signal, onEvent: printer.listener}));
		printer.clear();
		const {restored, skipped, failed, bytes, deleted, problems, planned, durationMs} = summary;
		log.write(failed > 0 ? 'error' : 'info', 'restore ends', {restored, skipped, failed, bytes, deleted, durationMs});
		if (isDryRun) {
			printDryRun(context, summary);
		} else {
			output.note(`Restored ${formatAmount(restored, 'file')}, ${formatBytes(bytes)}; ${formatAmount(planned.identical, 'file')} left as they were; ${formatAmount(deleted, 'entry', 'entries')} deleted; ${formatDuration(durationMs)}.`);
		}

		if (planned.kept > 0) {
			const remedy = overwrite === 'never' ? ' "--overwrite if-changed" replaces them, "--overwrite keep-both" puts the snapshot\'s beside them.' : '';
			output.warn(`${formatAmount(planned.kept, 'file')} in the target ${planned.kept === 1 ? 'differs' : 'differ'} from the snapshot and ${planned.kept === 1 ? 'was' : 'were'} kept, as --overwrite ${overwrite} says.${remedy}`);
		}

		// Those that an event named stand there already.
		if (failed > 0 || problems.length > 0) {
			const unnamed = printer.errors === 0 ? problems : [];
			for (const {path: lost, message} of unnamed) {
				output.warn(`lost: ${lost}: ${message}`);
			}

			output.warn(`${formatAmount(failed, 'entry', 'entries')} could not be restored.`);
		}

		output.event({event: 'summary', ...summary});
		return failed > 0 || problems.length > 0 ? 3 : 0;
	} finally {
		printer.clear();
		await engine.close();
	}
}
