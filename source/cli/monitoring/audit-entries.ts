import {auditHeadText, findExpiry, findKeyAge, findOpenPlaces, findRecoveryTrouble, shortId, type AuditExamination, type AuditFacts, type Finding, type PlaceFacts} from '../../engine/index.ts';
import {formatAmount} from '../../text/format.ts';
import type {LogFacts, LogLevel} from '../log.ts';

/** What an audit is made from. */
export type AuditInput = {
	readonly facts: AuditFacts;
	readonly places: readonly PlaceFacts[];
	/** The audit log of this host. */
	readonly auditLog: AuditExamination;
	/** Whom this process works for. */
	readonly uid: number;
	readonly nowMs: number;
};

/** One thing that an audit has seen. */
export type AuditEntry = {
	/** Of `auditParts`. */
	readonly part: string;
	/** `warn`: to be seen to. `error`: critical. */
	readonly level: Extract<LogLevel, 'info' | 'warn' | 'error'>;
	/** A sentence without its full stop. */
	readonly message: string;
	readonly facts?: LogFacts;
};

type Told = Omit<AuditEntry, 'part'>;

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(3, '0');

function tellFinding({key, severity, object, message, cause, nextStep}: Finding): Told {
	return {level: severity === 'critical' ? 'error' : 'warn', message: `${object}: ${message}`, facts: {key, cause, nextStep}};
}

function auditPermissions({places, uid}: AuditInput): Told[] {
	const findings = findOpenPlaces({places, uid});
	const seen = places.map(({what, path, mode, uid: owner}) => `${what} ${path} (mode ${octal(mode)}, uid ${owner})`).join(', ');
	return findings.length > 0 ? findings.map(finding => tellFinding(finding)) : [{level: 'info', message: `permissions are as they should be: ${seen}`}];
}

function auditSlots({facts: {slots, slotProblems}}: AuditInput): Told[] {
	return slotProblems.length === 0
		? [{level: 'info', message: `${formatAmount(slots, 'key slot')} and ${slots === 1 ? 'its copy are' : 'their copies are'} intact`}]
		: slotProblems.map(({object, message}) => ({level: 'error', message: `${object} is not intact`, facts: {cause: message, nextStep: 'put it back from its twin or from a copy of the repository'}}));
}

function auditKeys({facts: {keys}, nowMs}: AuditInput): Told[] {
	const findings = [...findKeyAge({keys}), ...findExpiry({keys, nowMs}), ...findRecoveryTrouble(keys, nowMs)];
	return findings.length > 0 ? findings.map(finding => tellFinding(finding)) : [{level: 'info', message: `${formatAmount(keys.keys.length, 'key')}, none of which expires soon; the epoch is young enough, and recovery is proven`}];
}

function auditForgotten({facts: {forgotten, tombstones, tombstoneProblems, lastAudit}}: AuditInput): Told[] {
	const since = lastAudit === undefined ? 'before this first audit of the host' : `since the audit of ${lastAudit}`;
	return [
		{level: 'info', message: lastAudit === undefined ? `${formatAmount(tombstones.length, 'snapshot')} forgotten ${since}` : `${formatAmount(forgotten.length, 'snapshot')} forgotten ${since}`},
		...forgotten.map(({id, forgotten: time, host, user, reason}): Told => ({level: 'info', message: `snapshot ${shortId(id)} was forgotten by ${user} on ${host}: ${reason}`, facts: {snapshot: id, forgotten: time, user, host}})),
		...tombstoneProblems.map(({object, message}): Told => ({level: 'error', message: `${object} cannot be read: who forgot this snapshot, and why, is not known`, facts: {cause: message}})),
	];
}

function auditVerification({facts: {lastVerification}}: AuditInput): Told[] {
	if (lastVerification === undefined) {
		return [{level: 'info', message: 'nothing was verified by this host yet'}];
	}

	const {time, problems, data} = lastVerification;
	return [problems > 0
		? {level: 'error', message: `the verification of ${time} found damage in ${formatAmount(problems, 'object')}`, facts: {data}}
		: {level: 'info', message: `the verification of ${time} found everything intact`, facts: {data}}];
}

function auditOwnLog({auditLog: {verification, findings}}: AuditInput): Told[] {
	if (verification === undefined || findings.length > 0) {
		return findings.map(finding => tellFinding(finding));
	}

	const {entries, head, heads} = verification;
	return [{level: 'info', message: `the audit log is as it was written: ${formatAmount(entries, 'entry', 'entries')}, compared with ${formatAmount(heads.length, 'earlier end', 'earlier ends')}`, ...(head && {facts: {head: auditHeadText(head)}})}];
}

/** What an audit looks at, in its order. Each part tells at least one thing, so that the log shows that it was looked at. */
export const auditParts: Readonly<Record<string, (input: AuditInput) => Told[]>> = {
	permissions: auditPermissions,
	'key slots': auditSlots,
	keys: auditKeys,
	forgotten: auditForgotten,
	verification: auditVerification,
	'audit log': auditOwnLog,
};

/** Everything that an audit tells. */
export function auditEntries(input: AuditInput): AuditEntry[] {
	return Object.entries(auditParts).flatMap(([part, audit]) => audit(input).map(told => ({part, ...told})));
}
