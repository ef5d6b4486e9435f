import {auditOperations, shortId, type ShownEntry} from '../../engine/index.ts';
import {formatTime} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {parsePastTime} from '../past-time.ts';

/** Who did it, with which key. */
function describeActor({user, role, slot}: ShownEntry): string {
	return role === undefined ? user : `${user} (${role}${slot === undefined ? '' : ` ${shortId(slot)}`})`;
}

/** `coffer audit show`. */
export async function auditShow(context: CommandContext): Promise<number> {
	const {arguments: flags, runtime, output} = context;
	const since = flags.text('since');
	const operation = auditOperations.find(known => known === flags.text('operation'));
	const fromMs = since === undefined ? undefined : parsePastTime(since, runtime.now(), '--since');
	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		const entries = engine.audit.entries({...(fromMs !== undefined && {fromMs}), ...(operation && {operation})});
		output.value(entries);
		if (entries.length === 0) {
			output.note(`No entries in ${engine.audit.folder}.`);
			return 0;
		}

		await output.table(['NUMBER', 'TIME', 'OPERATION', 'RESULT', 'WHO', 'FROM', 'WHAT'], entries.map(entry => [
			entry.isAuthentic ? String(entry.number) : `${entry.number}!`,
			formatTime(entry.time),
			entry.operation,
			entry.result,
			describeActor(entry),
			entry.from,
			[...entry.objects, ...(entry.detail === undefined ? [] : [entry.detail])].join('; '),
		]), {right: [0]});
		const bad = entries.filter(({isAuthentic}) => !isAuthentic).length;
		if (bad > 0) {
			output.warn('entries marked with "!" are not what was written: "coffer audit verify" says more.');
		}

		return 0;
	} finally {
		await engine.close();
	}
}
