import type {IncidentReport, ReactionReport, RecoveryReport, Report, SourceReport, StorageReport} from '../../engine/index.ts';
import {formatAmount, formatBytes, formatDuration, formatTime} from '../../text/format.ts';

/*
What a report says in words, the same in Markdown and HTML. Texts of others in it are as they are: who shows them makes them safe.
*/

export const dash = '–';
export const timeText = (time: string | undefined): string => time === undefined ? 'never' : formatTime(time);
export const bytesText = (count: number | undefined): string => count === undefined ? dash : formatBytes(count);
export const percentText = (share: number | undefined): string => share === undefined ? dash : `${Math.floor(share * 1000) / 10} %`;
export const durationText = (ms: number | undefined): string => ms === undefined ? dash : formatDuration(ms);
const signed = (count: number): string => `${count < 0 ? '−' : '+'}${formatBytes(Math.abs(count))}`;

/** A source by its name, with its host where that is another one. */
export const sourceName = ({name, host}: SourceReport, ownHost: string): string => host === ownHost ? name : `${name} on ${host}`;

/** How long it took until a source was well again: the mean, and whether it still is not. */
export function recoveryText(recovery: RecoveryReport | undefined): string {
	const parts = [...(recovery?.meanMs === undefined ? [] : [formatDuration(recovery.meanMs)]), ...(recovery?.failedSince === undefined ? [] : ['not yet'])];
	return parts.length === 0 ? dash : parts.join(', ');
}

/** What is known of a destination, without its address. */
export function storageText({usedBytes, freeBytes, usedPercent, grownBytes, growthBytesPerDay, daysUntilFull}: StorageReport): string {
	return [
		`${bytesText(usedBytes)} used`,
		...(freeBytes === undefined ? [] : [`${formatBytes(freeBytes)} free${usedPercent === undefined ? '' : ` (the disk is ${usedPercent} % full)`}`]),
		...(grownBytes === undefined ? [] : [`${signed(grownBytes)} in this time`]),
		...(growthBytesPerDay === undefined ? [] : [`${signed(growthBytesPerDay)} a day`]),
		...(daysUntilFull === undefined ? [] : [`full in ${formatAmount(Math.floor(daysUntilFull), 'day')} at that pace`]),
	].join(', ');
}

/** How fast alerts were seen to. */
export function reactionText({raised, acknowledged, resolved, open, medianAcknowledgeMs, meanResolveMs}: ReactionReport): string {
	return [
		`${formatAmount(raised, 'alert')} raised`,
		`${acknowledged} acknowledged${medianAcknowledgeMs === undefined ? '' : ` (after ${formatDuration(medianAcknowledgeMs)}, the median)`}`,
		`${resolved} resolved${meanResolveMs === undefined ? '' : ` (after ${formatDuration(meanResolveMs)}, the mean time to recovery)`}`,
		`${open} open`,
	].join(', ');
}

/** The cells of an alert of that time. */
export function incidentCells({severity, object, message, raised, acknowledged, resolved}: IncidentReport): string[] {
	return [formatTime(raised), severity, object, message, acknowledged ? `${formatDuration(acknowledged.afterMs)}${acknowledged.user === undefined ? '' : ` (${acknowledged.user})`}` : dash, resolved ? formatDuration(resolved.afterMs) : 'open'];
}

export const incidentHead = ['Raised', 'Severity', 'About', 'What', 'Acknowledged after', 'Resolved after'] as const;

/** What was verified, in sentences without their full stops. */
export function verificationTexts({verification: {runs, damaged, last, snapshots, verified, verifiedEver, withAllData, coverage, coverageDays}}: Report): string[] {
	const share = snapshots === 0 ? '' : ` (${percentText(verified / snapshots)})`;
	return [
		`${formatAmount(runs, 'verification')}${runs === 0 ? '' : (damaged === 0 ? ', none of which found damage' : `, of which ${damaged} found damage`)}; the last one of all: ${timeText(last)}`,
		`Of ${formatAmount(snapshots, 'snapshot')} ${verified}${share} were found intact in this time, ${verifiedEver} ever, ${withAllData} of these with all of their data`,
		...(coverage.length === 0 ? [] : [`In the last ${formatAmount(coverageDays, 'day')} verifications have read ${percentText(coverage.at(-1)!.share)} of the data; at the beginning of this time it was ${percentText(coverage[0]!.share)}`]),
	];
}

/** The keys, in sentences without their full stops. */
export function keyTexts({keys: {keys, epochs, rotateAfterDays, rotation}}: Report): string[] {
	const active = epochs.find(({isActive}) => isActive);
	return [
		...(active ? [`Epoch ${active.id.slice(0, 8)}: ${formatAmount(active.ageDays, 'day')} old, to be rotated after ${rotateAfterDays}${rotation === undefined ? '' : '; a rotation is under way'}`] : []),
		...keys.map(({label, role, isRecovery, created, expires, checked}) => `${label}: ${role}${isRecovery ? `, kept for recovery (${checked === undefined ? 'never proven on this host' : `proven ${formatTime(checked)}`})` : ''}, made ${formatTime(created)}${expires === undefined ? '' : `, valid until ${formatTime(expires)}`}`),
	];
}
