import process from 'node:process';
import {findRecoveryTrouble, type AuditExamination, type Engine} from '../../engine/index.ts';
import {formatAmount} from '../../text/format.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {auditEntries} from '../monitoring/audit-entries.ts';
import {readPlaces} from '../monitoring/host-facts.ts';
import type {RunJob} from './run-job.ts';

/** The audit itself stands in the audit log, with what it made of that. */
function noteVerification({audit}: Engine, {verification, findings}: AuditExamination): void {
	const [finding] = findings;
	const told = finding ? {result: 'failed', detail: `${finding.message}: ${finding.cause}`} as const : {detail: `${verification!.entries} entries are as they were written`};
	audit.note({operation: 'audit', ...told});
}

/**
Looks at permissions, key slots, keys and their recovery, at what was forgotten since the last audit by whom, at the last verification, and at the audit log; and tells all of it in the log. An audit that found something has done its work: it is
not made again in its slot.
*/
export const runAuditJob: RunJob = async (context, _job, signal) => {
	const {runtime, log} = context;
	const config = await context.config();
	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		const facts = await engine.monitoring.audit({signal});
		const places = await readPlaces(context, config, engine.url);
		const auditLog = await engine.audit.examine({signal});
		const nowMs = runtime.now();
		const security = log.in('security');
		const entries = auditEntries({facts, places, auditLog, uid: process.geteuid?.() ?? 0, nowMs});
		for (const {part, level, message, facts: more} of entries) {
			security.write(level, `audit: ${message}`, {part, ...more});
		}

		await log.flush();
		engine.monitoring.concludeAudit(facts);
		engine.monitoring.note('audit', findRecoveryTrouble(facts.keys, nowMs));
		engine.monitoring.note('audit-log', auditLog.findings);
		noteVerification(engine, auditLog);
		const count = (level: string) => entries.filter(entry => entry.level === level).length;
		const [errors, warnings] = [count('error'), count('warn')];
		const found = errors + warnings === 0 ? 'nothing to see to' : [...(errors > 0 ? [`${errors} critical`] : []), ...(warnings > 0 ? [formatAmount(warnings, 'warning')] : [])].join(', ');
		return {
			code: errors > 0 ? 21 : (warnings > 0 ? 20 : 0),
			outcome: 'ok',
			summary: `${found}; ${formatAmount(facts.keys.keys.length, 'key')}, ${formatAmount(facts.forgotten.length, 'snapshot')} forgotten since the last audit`,
			facts: {critical: errors, warnings, forgotten: facts.forgotten.length},
		};
	} finally {
		await engine.close();
	}
};
