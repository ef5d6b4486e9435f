import type {AuditVerification} from '../audit/verify-log.ts';
import type {CofferError} from '../errors.ts';
import type {Finding} from '../monitoring/alert.ts';

/** That the audit log cannot be read. @param folder - Where it lies. */
export function findUnreadableAudit(error: CofferError, folder: string): Finding {
	return {
		key: `audit-log:${folder}`,
		kind: 'audit-log',
		severity: 'critical',
		object: folder,
		message: 'the audit log cannot be read',
		cause: error.message.replace(/\.$/, ''),
		nextStep: 'see to its folder; until then nothing that has to be noted can be done',
	};
}

/** That the audit log is not what was written. @param folder - Where it lies. */
export function findAuditTrouble({flaw}: Pick<AuditVerification, 'flaw'>, folder: string): Finding[] {
	return flaw === undefined
		? []
		: [{
			key: `audit-log:${folder}`,
			kind: 'audit-log',
			severity: 'critical',
			object: folder,
			message: `the audit log is not what was written: the first bad entry is ${flaw.number}, line ${flaw.line} of ${flaw.file}`,
			cause: flaw.message,
			nextStep: 'find out who changed it (docs/audit-log.md), then run "coffer audit verify --accept NOTE"',
		}];
}
