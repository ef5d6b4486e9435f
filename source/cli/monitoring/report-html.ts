import type {Alert, Report, RunPoint, SourceReport, StorageReport} from '../../engine/index.ts';
import {formatBytes, formatDuration, formatTime} from '../../text/format.ts';
import {toHtmlText} from './html-text.ts';
import {dash, durationText, incidentCells, incidentHead, keyTexts, percentText, reactionText, recoveryText, sourceName, storageText, timeText, verificationTexts} from './report-words.ts';
import {barChart, lineChart, type ChartValue} from './svg-charts.ts';

const style = [
	':root{color-scheme:light dark;--line:#8888;--bar:#3b78b8;--bad:#c33}',
	'body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}',
	'h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid var(--line)}',
	'table{border-collapse:collapse;width:100%;font-size:.9em}th,td{padding:.25rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}',
	'.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.critical{color:var(--bad);font-weight:600}',
	'.charts{display:flex;flex-wrap:wrap;gap:1rem 2rem}figure{margin:0;break-inside:avoid}figcaption{font-size:.85em}',
	'.chart{display:block;border-bottom:1px solid var(--line)}.bar{fill:var(--bar)}.bad{fill:var(--bad);opacity:.35}.line{fill:none;stroke:var(--bar);stroke-width:1.5}',
	'.wide{overflow-x:auto}',
	'@media print{body{margin:0;max-width:none;font-size:11px}h2{break-after:avoid}tr{break-inside:avoid}.wide{overflow:visible}}',
].join('\n');

/** A cell of a table: a text, or one with a class. */
type Cell = string | {readonly text: string; readonly class: string};
const number = (text: string): Cell => ({text, class: 'number'});

function tag(name: 'td' | 'th', cell: Cell): string {
	return typeof cell === 'string' ? `<${name}>${toHtmlText(cell)}</${name}>` : `<${name} class="${cell.class}">${toHtmlText(cell.text)}</${name}>`;
}

function table(head: readonly Cell[], rows: ReadonlyArray<readonly Cell[]>): string[] {
	const line = (name: 'td' | 'th', cells: readonly Cell[]) => `<tr>${cells.map(cell => tag(name, cell)).join('')}</tr>`;
	return ['<div class="wide"><table>', '<thead>', line('th', head), '</thead>', '<tbody>', ...rows.map(cells => line('td', cells)), '</tbody>', '</table></div>'];
}

const list = (texts: readonly string[]): string[] => ['<ul>', ...texts.map(text => `<li>${toHtmlText(text)}</li>`), '</ul>'];
const paragraph = (text: string): string => `<p>${toHtmlText(text)}</p>`;

/** A chart with what it shows below it; nothing where there is no chart. */
function figure(chart: string, caption: string): string[] {
	return chart === '' ? [] : [`<figure>${chart}<figcaption>${toHtmlText(caption)}</figcaption></figure>`];
}

function sourceTable({sources, totals, host}: Report): string[] {
	const row = (name: string, {runs, failed, partial, successRate, bytes, addedBytes, storedBytes}: Report['totals']): Cell[] => {
		const numbers = [percentText(successRate), String(runs), String(failed), String(partial), formatBytes(bytes), formatBytes(addedBytes), formatBytes(storedBytes)];
		return [name, ...numbers.map(text => number(text))];
	};

	const spans = ({durations, recovery}: SourceReport): Cell[] => [durationText(durations?.medianMs), durationText(durations?.longestMs), recoveryText(recovery)].map(text => number(text));

	return table(
		['Source', ...['Success', 'Runs', 'Failed', 'Incomplete', 'Size', 'New', 'Stored', 'Median', 'Longest', 'Recovery'].map(text => number(text)), 'Last good', 'Verified'],
		[
			...sources.map(source => [...row(sourceName(source, host), source), ...spans(source), timeText(source.lastSuccess), timeText(source.lastVerified)]),
			[...row('All', totals), '', '', number(recoveryText(totals.recovery)), '', ''],
		],
	);
}

function sourceCharts(source: SourceReport, host: string): string[] {
	const name = sourceName(source, host);
	const values = (valueOf: (run: RunPoint) => number | undefined, textOf: (value: number) => string): ChartValue[] => source.history.map(run => {
		const isBad = run.outcome === 'failed' || run.outcome === 'interrupted';
		const value = isBad ? undefined : valueOf(run);
		return {value, isBad, text: `${formatTime(run.time)}: ${isBad ? run.outcome : (value === undefined ? 'not known' : textOf(value))}`};
	});
	const charts = [
		...figure(barChart(`Size of ${name}`, values(({bytes}) => bytes, formatBytes)), 'size'),
		...figure(barChart(`New in ${name}`, values(({addedBytes}) => addedBytes, formatBytes)), 'new'),
		...figure(barChart(`Duration of ${name}`, values(({durationMs}) => durationMs, formatDuration)), 'duration'),
	];
	return charts.length === 0 ? [] : [`<h3>${toHtmlText(name)}</h3>`, '<div class="charts">', ...charts, '</div>'];
}

function describeStorage(place: StorageReport): string[] {
	const chart = lineChart(`Used by the repository at ${place.url}`, place.history.map(({time, usedBytes}) => ({value: usedBytes, text: `${formatTime(time)}: ${formatBytes(usedBytes)}`})));
	const [first, last] = [place.history[0], place.history.at(-1)];
	return [paragraph(`${place.url}: ${storageText(place)}`), ...figure(chart, first && last ? `used: ${formatBytes(first.usedBytes)} at ${formatTime(first.time)}, ${formatBytes(last.usedBytes)} at ${formatTime(last.time)}` : 'used')];
}

function describeJobs({jobs}: Report): string[] {
	const rows = jobs.map(({name, isEnabled, runs, failed, interrupted, missed, durations, lastFailure}): Cell[] => [
		`${name}${isEnabled ? '' : ' (off)'}`, ...[String(runs), String(failed), String(interrupted), missed === undefined ? dash : String(missed), durationText(durations?.medianMs), durationText(durations?.longestMs)].map(text => number(text)),
		lastFailure ? `${formatTime(lastFailure.time)}: ${lastFailure.summary}` : '',
	]);
	return jobs.length === 0 ? [paragraph('No jobs are scheduled.')] : table(['Job', ...['Runs', 'Failed', 'Interrupted', 'Missed', 'Median', 'Longest'].map(text => number(text)), 'Last failure'], rows);
}

const severityCell = (severity: string): Cell => severity === 'critical' ? {text: severity, class: 'critical'} : severity;

function describeAlerts(alerts: readonly Alert[]): string[] {
	return alerts.length === 0
		? [paragraph('None.')]
		: table(['Severity', 'About', 'What', 'Why', 'What to do', 'Since', 'Taken note of'], alerts.map(({severity, object, message, cause, nextStep, firstSeen, acknowledged}) => [
			severityCell(severity), object, message, cause ?? dash, nextStep, formatTime(firstSeen), acknowledged ? `${acknowledged.user}${acknowledged.note === undefined ? '' : `: ${acknowledged.note}`}` : dash,
		]));
}

function describeIncidents({incidents, reactions}: Report): string[] {
	return incidents.length === 0
		? [paragraph('None.')]
		: [paragraph(`${reactionText(reactions)}.`), ...table(incidentHead, incidents.map(incident => incidentCells(incident).map((cell, column) => column === 1 ? severityCell(cell) : cell)))];
}

function describeVerification(report: Report): string[] {
	const {coverage, coverageDays} = report.verification;
	const chart = lineChart(`Share of the data that was read in ${coverageDays} days`, coverage.map(({time, share}) => ({value: share, text: `${formatTime(time)}: ${percentText(share)}`})), 1);
	return [...list(verificationTexts(report)), ...figure(chart, `share of the data that verifications had read in the ${coverageDays} days before; the top is all of it`)];
}

/** A report for people, as one page of HTML that needs nothing else: no scripts, no pictures or styles from elsewhere. Well-formed as XML, too. Times are those of this host. */
export function renderHtml(report: Report): string {
	const {host, url, from, to, sources, storage, alerts} = report;
	const title = `Backups of ${host}`;
	const section = (heading: string, lines: readonly string[]) => ['<section>', `<h2>${heading}</h2>`, ...lines, '</section>'];
	return [
		'<!DOCTYPE html>',
		'<html lang="en">',
		'<head>',
		'<meta charset="utf-8"/>',
		'<meta name="viewport" content="width=device-width"/>',
		'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'"/>',
		`<title>${toHtmlText(title)}</title>`,
		`<style>\n${style}\n</style>`,
		'</head>',
		'<body>',
		`<h1>${toHtmlText(title)}</h1>`,
		paragraph(`${formatTime(from)} to ${formatTime(to)}, repository ${url}`),
		...section('Sources', sources.length === 0 ? [paragraph('No sources are configured, and there are no snapshots.')] : [...sourceTable(report), ...sources.flatMap(source => sourceCharts(source, host))]),
		...section('Storage', storage.flatMap(place => describeStorage(place))),
		...section('Jobs', describeJobs(report)),
		...section('Open alerts', describeAlerts(alerts)),
		...section('Alerts of this time', describeIncidents(report)),
		...section('Verification', describeVerification(report)),
		...section('Keys', list(keyTexts(report))),
		'</body>',
		'</html>',
		'',
	].join('\n');
}
