import {nextStarts, ownTimeZone, type Job, type JobOverview, type JobRun, type JobTrigger} from '../../../engine/index.ts';
import {formatBytes, formatDuration, formatSpan, formatTime} from '../../../text/format.ts';
import {cell, fitCell, row, textRow, wrapText, type Cell, type Row, type Tone} from '../../row.ts';
import {outcomeWords} from './job-words.ts';
import type {Starter} from './starter.ts';
import {zoneTimeText} from './zone-time.ts';

type View = {readonly nowMs: number; readonly columns: number; readonly host: string};

const labelColumns = 8;
const label = (text: string): Cell => fitCell(` ${text}`, labelColumns, {tone: 'muted'});

function labelled(name: string, text: string, columns: number, tone: Tone = 'plain'): Row[] {
	return wrapText(text, Math.max(10, columns - labelColumns - 1)).map((line, index) => row(label(index === 0 ? name : ''), cell(line, tone)));
}

/** Facts side by side, none of them broken where it fits into a line. */
function factRows(name: string, facts: readonly string[], columns: number, tone: Tone = 'plain'): Row[] {
	const lines: string[] = [];
	for (const fact of facts) {
		const line = lines.at(-1);
		if (line !== undefined && line.length + 3 + fact.length < columns - labelColumns) {
			lines[lines.length - 1] = `${line}   ${fact}`;
		} else {
			lines.push(fact);
		}
	}

	return lines.map((line, index) => row(label(index === 0 ? name : ''), cell(line, tone)));
}

/** So many of the next starts are shown. */
export const shownStarts = 3;

/** The next starts by the clocks of the job's zone, with its name where those are not this machine's. */
export function startsText(job: Pick<Job, 'name' | 'expression' | 'timeZone' | 'jitterMs'>, {host, nowMs}: {readonly host: string; readonly nowMs: number}): string {
	const {timeZone} = job;
	const starts = nextStarts(job, {host, nowMs}, shownStarts);
	const texts = starts.map(ms => zoneTimeText(ms, timeZone)).join(', ');
	return timeZone === ownTimeZone() ? texts : `${texts} ${timeZone} (here ${zoneTimeText(starts[0]!, ownTimeZone())})`;
}

/** When a job runs next, in a few words. */
export function nextText(overview: JobOverview, {host, nowMs}: {readonly host: string; readonly nowMs: number}): string {
	const {job, nextRun} = overview;
	if (!job.isEnabled) {
		return 'switched off';
	}

	const starts = startsText(job, {host, nowMs});
	return nextRun !== undefined && Date.parse(nextRun) <= nowMs ? `due now, then ${starts}` : starts;
}

/** What a job does, with what is not the same for each of its kind. */
function kindText({kind, sources, class: backupClass, parts, days, maximumRepackBytes}: Job): string {
	const subject = kind === 'backup' ? ` of ${sources === undefined ? 'all sources' : sources.join(', ')}` : (days === undefined ? '' : ` of ${days} days`);
	return [
		`${kind}${subject}`, ...(backupClass === undefined ? [] : [`class ${backupClass}`]), ...(parts === undefined ? [] : [`all data in ${parts} runs`]),
		...(maximumRepackBytes === undefined ? [] : [`at most ${formatBytes(maximumRepackBytes)} written anew`]),
	].join(', ');
}

function rulesOf({catchesUp, overlap, isEnabled}: Job): string[] {
	return [`missed runs: ${catchesUp ? 'made up for by one' : 'left out'}`, `overlap: ${overlap === 'skip' ? 'left out' : 'waits'}`, `enabled: ${isEnabled ? 'yes' : 'NO'}`];
}

function limitsOf({jitterMs, timeLimitMs, bytesPerSecond, niceness, ioPriority}: Job): string[] {
	const minute = 60_000;
	return [
		jitterMs < minute ? 'no jitter' : `jitter up to ${formatSpan(jitterMs)}`, timeLimitMs === undefined ? 'no time limit' : `stopped after ${formatSpan(timeLimitMs)}`,
		...(bytesPerSecond === undefined ? [] : [`at most ${formatBytes(bytesPerSecond)}/s`]), `nice ${niceness}`, ...(ioPriority === 'normal' ? [] : [`disk ${ioPriority}`]),
	];
}

/** What a run came to, in one line. */
function runText({end, started}: JobRun, nowMs: number): string {
	if (!end) {
		return `for ${formatDuration(Math.max(0, nowMs - Date.parse(started)))}`;
	}

	return `after ${formatDuration(Math.max(0, Date.parse(end.time) - Date.parse(started)))}${end.summary === '' ? '' : `: ${end.summary}`}`;
}

const wordOf = ({end}: JobRun): readonly [word: string, tone: Tone] => end ? outcomeWords[end.outcome] : ['RUN', 'running'];

/** Everything about a job: when it runs, how it last went, its rules, and what starts it. */
export function jobRows(overview: JobOverview, starter: Starter, {nowMs, columns, host}: View): Row[] {
	const {job, runs, usualDurationMs} = overview;
	const last = runs.at(-1);
	const [word, tone] = last ? wordOf(last) : ['', 'plain' as const];
	const usual = usualDurationMs === undefined ? 'usual length not known yet' : `usual length ${formatDuration(usualDurationMs)}`;
	const lastLines = last ? wrapText(`${formatTime(last.started)} ${word} ${runText(last, nowMs)}`, Math.max(10, columns - labelColumns - 1), 2) : [];
	return [
		...labelled('job', `${kindText(job)}   ${usual}`, columns),
		...labelled('cron', `${job.expression}   ${job.timeZone}`, columns, 'strong'),
		...labelled('next', nextText(overview, {host, nowMs}), columns, job.isEnabled ? 'plain' : 'warning'),
		...labelled('by', starter.text, columns, starter.tone),
		...(last ? lastLines.map((line, index) => row(label(index === 0 ? 'last' : ''), cell(line, tone === 'ok' ? 'plain' : tone))) : labelled('last', 'it has not run yet', columns, 'muted')),
		...factRows('rules', rulesOf(job), columns),
		...factRows('limits', limitsOf(job), columns, 'muted'),
	];
}

const triggerTexts: Readonly<Record<JobTrigger, string>> = {hand: 'by hand', timer: 'by cron or systemd', daemon: 'by the daemon', dashboard: 'by a dashboard', 'catch-up': 'to catch up'};

/** The last runs in words, the newest first: one text for each. */
export function runTexts({runs}: Pick<JobOverview, 'runs'>, nowMs: number): string[] {
	return runs.toReversed().map(run => `${formatTime(run.started)}  ${wordOf(run)[0].padEnd(4)}  ${triggerTexts[run.trigger]}, ${runText(run, nowMs)}`);
}

/** The same for a pane beside the job. */
export function runRows({runs}: Pick<JobOverview, 'runs'>, nowMs: number): Row[] {
	return runs.length === 0
		? [textRow(' none yet', 'muted')]
		: runs.toReversed().map(run => {
			const [word, tone] = wordOf(run);
			return row(cell(` ${formatTime(run.started).slice('2026-'.length)} `, 'muted'), fitCell(word, 5, {tone}), cell(runText(run, nowMs).replace(/^after /, '')));
		});
}
