import type {Alert, JobReport, Report} from '../../engine/index.ts';
import {toSafeText} from '../../text/display-text.ts';
import {formatBytes, formatTime} from '../../text/format.ts';
import {dash, durationText, incidentCells, incidentHead, keyTexts, percentText, reactionText, recoveryText, sourceName, storageText, timeText, verificationTexts} from './report-words.ts';

/** A text from disk as Markdown shows it: on one line, without control characters, and with nothing that Markdown or HTML would take for more than a text. */
export function toMarkdownText(text: string): string {
	return toSafeText(text).replaceAll(/[\\`*<>[\]|~&#]|(?<![\p{Letter}\p{Number}])_|_(?![\p{Letter}\p{Number}])/gu, String.raw`\$&`);
}

/** @param right - Columns of numbers. */
function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>, right: readonly number[]): string[] {
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [line(head), line(head.map((_, column) => right.includes(column) ? '---:' : '---')), ...rows.map(cells => line(cells)), ''];
}

function describeSources({sources, totals, host}: Report): string[] {
	const row = (name: string, {runs, failed, partial, successRate, addedBytes, storedBytes, bytes: size}: Report['totals']): string[] =>
		[name, percentText(successRate), String(runs), String(failed), String(partial), formatBytes(size), formatBytes(addedBytes), formatBytes(storedBytes)];
	return sources.length === 0
		? ['No sources are configured, and there are no snapshots.', '']
		: table(
			['Source', 'Success', 'Runs', 'Failed', 'Incomplete', 'Size', 'New', 'Stored', 'Median', 'Longest', 'Recovery', 'Last good', 'Verified'],
			[
				...sources.map(source => [
					...row(toMarkdownText(sourceName(source, host)), source), durationText(source.durations?.medianMs), durationText(source.durations?.longestMs), recoveryText(source.recovery),
					timeText(source.lastSuccess), timeText(source.lastVerified),
				]),
				[...row('**All**', totals), '', '', recoveryText(totals.recovery), '', ''],
			],
			[1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
		);
}

function describeJobs(jobs: readonly JobReport[]): string[] {
	if (jobs.length === 0) {
		return ['No jobs are scheduled.', ''];
	}

	const rows = jobs.map(({name, isEnabled, runs, failed, interrupted, missed, durations: took}) => [
		`${toMarkdownText(name)}${isEnabled ? '' : ' (off)'}`, String(runs), String(failed), String(interrupted), missed === undefined ? dash : String(missed), durationText(took?.medianMs), durationText(took?.longestMs),
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

function describeIncidents({incidents, reactions}: Report): string[] {
	return incidents.length === 0
		? ['None.']
		: [`${reactionText(reactions)}.`, '', ...table(incidentHead, incidents.map(incident => incidentCells(incident).map(cell => toMarkdownText(cell))), [4, 5]).slice(0, -1)];
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
		...storage.map(place => `- ${toMarkdownText(place.url)}: ${storageText(place)}`),
		'',
		'## Jobs',
		'',
		...describeJobs(jobs),
		'## Open alerts',
		'',
		...(alerts.length === 0 ? ['None.'] : alerts.flatMap(alert => describeAlert(alert))),
		'',
		'## Alerts of this time',
		'',
		...describeIncidents(report),
		'',
		'## Verification',
		'',
		...verificationTexts(report).map(text => `- ${text}`),
		'',
		'## Keys',
		'',
		...keyTexts(report).map(text => `- ${toMarkdownText(text)}`),
		'',
	].join('\n');
}
