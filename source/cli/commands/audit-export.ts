import path from 'node:path';
import {CofferError} from '../../engine/index.ts';
import {formatAmount} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {writeNewFile} from '../durable-file.ts';
import {createEventPrinter} from '../event-printing.ts';
import {assertWritable} from '../export-place.ts';
import {parsePastTime} from '../past-time.ts';

/** `coffer audit export`. */
export async function auditExport(context: CommandContext): Promise<number> {
	const {arguments: flags, runtime, output, cwd} = context;
	const [, name] = flags.input;
	if (name === undefined) {
		throw new CofferError('usage', 'Say where the log is to be written: coffer audit export FILE.');
	}

	const file = path.resolve(cwd, name);
	await assertWritable(file);
	const since = flags.text('since');
	const fromMs = since === undefined ? undefined : parsePastTime(since, runtime.now(), '--since');
	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		const {bytes, entries} = engine.audit.export(fromMs === undefined ? {} : {fromMs});
		await writeNewFile(file, bytes.toString());
		output.value({file, entries});
		output.note(`Wrote ${formatAmount(entries, 'entry', 'entries')} to ${file}. "coffer audit verify --file ${file}" verifies it with any key of the repository, on any host.`);
		return 0;
	} finally {
		await engine.close();
	}
}
