import path from 'node:path';
import {CofferError} from '../../engine/index.ts';
import {formatAmount, formatBytes, formatDuration} from '../../text/format.ts';
import {findArchivePassword} from '../archive-secrets.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {resolveReference} from '../source-requests.ts';

/** `coffer export`. */
export async function exportArchive(context: CommandContext): Promise<number> {
	const {arguments: flags, cwd, output, log} = context;
	const [reference] = flags.input;
	if (reference === undefined) {
		throw new CofferError('usage', 'Name the snapshot to export: its id (or the first digits of it), "latest" or "latest:SOURCE". "coffer snapshots" lists them.');
	}

	const target = flags.text('target') ?? '.';
	const printer = createEventPrinter(context);
	const engine = await openEngine(context, printer.listener);
	try {
		const password = await findArchivePassword(context, {isNew: true});
		log.write('info', 'export begins', {snapshot: reference});
		const summary = await context.interruptible(async signal => engine.archives.export({
			snapshot: resolveReference(reference, cwd),
			// The slash that says that it is a folder is kept.
			target: `${path.resolve(cwd, target)}${target.endsWith('/') ? '/' : ''}`,
			password,
		}, {signal, onEvent: printer.listener})).finally(() => {
			password.fill(0);
		});
		printer.clear();
		const {file, files, bytes, sizeBytes, skipped, command, durationMs} = summary;
		log.write('info', 'export ends', {file, files, bytes, sizeBytes, durationMs});
		output.note(`Wrote ${file}: ${formatAmount(files, 'file')}, ${formatBytes(bytes)}, as ${formatBytes(sizeBytes)}; ${formatDuration(durationMs)}. Beside it lie its SHA-256 and a description.`);
		output.note(`To unpack it without coffer, KEY being the file with the key: ${command}`);
		if (skipped > 0) {
			output.warn(`${formatAmount(skipped, 'socket')} ${skipped === 1 ? 'was' : 'were'} left out, as a tar cannot hold any.`);
		}

		output.event({event: 'summary', ...summary});
		return 0;
	} finally {
		printer.clear();
		await engine.close();
	}
}
