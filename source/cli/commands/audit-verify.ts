import path from 'node:path';
import {auditHeadText, CofferError, findAuditTrouble, type AuditVerification, type Engine} from '../../engine/index.ts';
import {formatAmount} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {styled} from '../output.ts';

function printResult({output}: CommandContext, verification: AuditVerification, place: string): void {
	const {entries, files, head, flaw, heads, accepted, recovered, isTorn, unended} = verification;
	for (const {time, user, detail, flaw: old} of accepted) {
		output.note(`Accepted by ${user} on ${time}${detail === undefined ? '' : ` (${detail})`}: ${old === undefined ? 'nothing was wrong' : `line ${old.line} of ${old.file}: ${old.message}`}.`);
	}

	if (flaw) {
		output.print(styled('wrong', 'red'), ` ${path.join(place, flaw.file)}, line ${flaw.line}, entry ${flaw.number}: ${flaw.message}.`);
	} else {
		output.note(styled('ok', 'green'), ` ${place}: ${formatAmount(entries, 'entry', 'entries')} in ${formatAmount(files, 'file')}, as they were written.`);
	}

	const compared = heads.filter(({isSuperseded}) => !isSuperseded);
	const last = compared.at(-1);
	output.note(last === undefined
		? 'Nobody else knows this log yet: that nothing is missing at its end is not proven.'
		: `Compared with ${formatAmount(compared.length, 'earlier end', 'earlier ends')} of the log, as this host and the repository know them; the last is entry ${last.number} (${last.where}).`);
	if (head && !flaw) {
		output.note(`It ends with ${auditHeadText(head)}. Keep that elsewhere, and compare.`);
	}

	if (recovered > 0) {
		output.note(`${formatAmount(recovered, 'line')} cut off by a crash ${recovered === 1 ? 'was' : 'were'} replaced, as the log says.`);
	}

	if (isTorn) {
		output.note('The last line was cut off by a crash, before anybody relied on it; the next entry replaces it.');
	}

	if (unended.length > 0) {
		output.note(`${formatAmount(unended.length, 'operation')} began and did not say how ${unended.length === 1 ? 'it' : 'they'} ended: still at work, or killed.`);
	}
}

async function verifyHere(context: CommandContext, engine: Engine, signal: AbortSignal): Promise<AuditVerification> {
	const note = context.arguments.text('accept');
	if (note !== undefined) {
		engine.audit.accept(note);
	}

	const verification = await engine.audit.verify({signal});
	engine.monitoring.note('audit-log', findAuditTrouble(verification, engine.audit.folder));
	return verification;
}

/** `coffer audit verify`. */
export async function auditVerify(context: CommandContext): Promise<number> {
	const {arguments: flags, output, cwd, log} = context;
	const file = flags.text('file');
	if (file !== undefined && flags.text('accept') !== undefined) {
		throw new CofferError('usage', '"--accept" is noted in the log of this host; a file that was exported stays as it is. Leave out one of --accept and --file.');
	}

	const place = file === undefined ? undefined : path.resolve(cwd, file);
	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		const verification = await context.interruptible(async signal => place === undefined ? verifyHere(context, engine, signal) : engine.audit.verifyFile(place, {signal}));
		const folder = place === undefined ? engine.audit.folder : path.dirname(place);
		output.value({...verification, place: place ?? folder, isIntact: verification.flaw === undefined});
		printResult(context, verification, folder);
		if (verification.flaw) {
			log.in('security').write('error', `audit log: ${verification.flaw.message}`, {file: verification.flaw.file, line: verification.flaw.line, entry: verification.flaw.number});
		}

		return verification.flaw === undefined ? 0 : 13;
	} finally {
		await engine.close();
	}
}
