import type {Alert, Durations, JobReport, Report, SourceReport, StorageReport} from '../../engine/index.ts';
import {toSafeText} from '../../text/display-text.ts';
import {formatAmount, formatBytes, formatDuration, formatTime} from '../../text/format.ts';

/** A text from disk as Markdown shows it: on one line, without control characters, and with nothing that Markdown or HTML would take for more than a text. */
export function toMarkdownText(text: string): string {
	return toSafeText(text).replaceAll(/[\\`*<>[\]|~&#]|(?<![\p{Letter}\p{Number}])_|_(?![\p{Letter}\p{Number}])/gu, String.raw`\$&`);
}

const dash = '–';
const time = (text: string | undefined): string => text === undefined ? 'never' : formatTime(text);
const bytes = (count: number | undefined): string => count === undefined ? dash : formatBytes(count);
const percent = (share: number | undefined): string => share === undefined ? dash : `${Math.floor(share * 1000) / 10} %`;
const durations = (given: Durations | undefined): string[] => given ? [formatDuration(given.medianMs), formatDuration(given.longestMs)] : [dash, dash];
const signed = (count: number): string => `${count < 0 ? '−' : '+'}${formatBytes(Math.abs(count))}`;

/** @param right - Columns of numbers. */
function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>, right: readonly number[]): string[] {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(head), line(head.map((_, column) => right.includes(column) ? '---:' : '---')), ...rows.map(cells => line(cells)), ''];
}

function describeSources({sources, totals, host}: Report): string[] {
	const nameOf = (source: SourceReport) => toMarkdownText(source.host === host ? source.name : `${source.name} on ${source.host}`);
	const row = (name: string, {runs, failed, partial, successRate, addedBytes, storedBytes, bytes: size}: Report['totals']): string[] =>
		[name, percent(successRate), String(runs), String(failed), String(partial), formatBytes(size), formatBytes(addedBytes), formatBytes(storedBytes)];
	return sources.length === 0
		? ['No sources are configured, and there are no snapshots.', '']
		: table(
			['Source', 'Success', 'Runs', 'Failed', 'Incomplete', 'Size', 'New', 'Stored', 'Median', 'Longest', 'Last good', 'Verified'],
			[
				...sources.map(source => [...row(nameOf(source), source), ...durations(source.durations), time(source.lastSuccess), time(source.lastVerified)]),
				[...row('**All**', totals), '', '', '', ''],
			],
			[1, 2, 3, 4, 5, 6, 7, 8, 9],
		);
}

function describeStorage({url, usedBytes, freeBytes, usedPercent, grownBytes, growthBytesPerDay, daysUntilFull}: StorageReport): string {
	const parts = [
		`${bytes(usedBytes)} used`,
		...(freeBytes === undefined ? [] : [`${formatBytes(freeBytes)} free${usedPercent === undefined ? '' : ` (the disk is ${usedPercent} % full)`}`]),
		...(grownBytes === undefined ? [] : [`${signed(grownBytes)} in this time`]),
		...(growthBytesPerDay === undefined ? [] : [`${signed(growthBytesPerDay)} a day`]),
		...(daysUntilFull === undefined ? [] : [`full in ${formatAmount(Math.floor(daysUntilFull), 'day')} at that pace`]),
	];
	return `- ${toMarkdownText(url)}: ${parts.join(', ')}`;
}

function describeJobs(jobs: readonly JobReport[]): string[] {
	if (jobs.length === 0) {
		return ['No jobs are scheduled.', ''];
	}

	const rows = jobs.map(({name, isEnabled, runs, failed, interrupted, missed, durations: took}) => [
		`${toMarkdownText(name)}${isEnabled ? '' : ' (off)'}`, String(runs), String(failed), String(interrupted), missed === undefined ? dash : String(missed), ...durations(took),
	]);
	const failures = jobs.flatMap(({name, lastFailure}) => lastFailure ? [`- ${toMarkdownText(name)} failed last at ${formatTime(lastFailure.time)}: ${toMarkdownText(lastFailure.summary)}`] : []);
	return [...table(['Job', 'Runs', 'Failed', 'Interrupted', 'Missed', 'Median', 'Longest'], rows, [1, 2, 3, 4, 5, 6]), ...failures, ...(failures.length > 0 ? [''] : [])];
}

function describeAlert({severity, object, message, cause, nextStep, firstSeen, acknowledged}: Alert): string[] {
	return [
		`- **${severity}** ${toMarkdownText(object)}: ${toMarkdownText(message)} (since ${formatTime(firstSeen)}${acknowledged ? `; ${toMarkdownText(acknowledged.user)} took note of it` : ''})`,
		...(cause === undefined ? [] : [`  - why: ${toMarkdownText(cause)}`]),
		`  - what to do: ${toMarkdownText(nextStep)}`,
	];
}

function describeVerification({verification: {runs, damaged, last, snapshots, verified, verifiedEver, withAllData}}: Report): string[] {
	const share = snapshots === 0 ? '' : ` (${percent(verified / snapshots)})`;
	return [
		`- ${formatAmount(runs, 'verification')}${runs === 0 ? '' : (damaged === 0 ? ', none of which found damage' : `, of which ${damaged} found damage`)}; the last one of all: ${time(last)}`,
		`- Of ${formatAmount(snapshots, 'snapshot')} ${verified}${share} were found intact in this time, ${verifiedEver} ever, ${withAllData} of these with all of their data`,
	];
}

function describeKeys({keys: {keys, epochs, rotateAfterDays, rotation}}: Report): string[] {
	const active = epochs.find(({isActive}) => isActive);
	return [
		...(active ? [`- Epoch ${active.id.slice(0, 8)}: ${formatAmount(active.ageDays, 'day')} old, to be rotated after ${rotateAfterDays}${rotation === undefined ? '' : '; a rotation is under way'}`] : []),
		...keys.map(({label, role, isRecovery, created, expires, checked}) => `- ${toMarkdownText(label)}: ${role}${isRecovery ? `, kept for recovery (${checked === undefined ? 'never proven on this host' : `proven ${formatTime(checked)}`})` : ''}, made ${formatTime(created)}${expires === undefined ? '' : `, valid until ${formatTime(expires)}`}`),
	];
}

/** A report for people, in Markdown; times are those of this host. */
export function renderMarkdown(report: Report): string {
	const {host, url, from, to, storage, jobs, alerts} = report;
	return [
		`# Backups of ${toMarkdownText(host)}`,
		'',
		`${formatTime(from)} to ${formatTime(to)}, repository ${toMarkdownText(url)}`,
		'',
		'## Sources',
		'',
		...describeSources(report),
		'## Storage',
		'',
		...storage.map(place => describeStorage(place)),
		'',
		'## Jobs',
		'',
		...describeJobs(jobs),
		'## Open alerts',
		'',
		...(alerts.length === 0 ? ['None.'] : alerts.flatMap(alert => describeAlert(alert))),
		'',
		'## Verification',
		'',
		...describeVerification(report),
		'',
		'## Keys',
		'',
		...describeKeys(report),
		'',
	].join('\n');
}
