import type {ReactNode} from 'react';
import type {Activity, Progress} from '../../engine/index.ts';
import {formatSpan} from '../../text/format.ts';
import {bar} from '../components/bar.ts';
import {Panel} from '../components/panel.tsx';
import {useTheme} from '../components/theme-context.ts';
import {useCoarseNow, useSelector} from '../hooks/use-selector.ts';
import {isActive, isAtWork, type Job} from '../model/job.ts';
import {activityTitle, isGood, jobTitle, percentText, phaseText, progressText, resultText, stateWords} from '../model/job-text.ts';
import {clampRow, foreignActivities, listJobs, shareOf} from '../model/selectors.ts';
import {cell, fitCell, row, textRow, wrapText, type Row, type Tone} from '../row.ts';
import type {Glyphs} from '../theme.ts';
import type {PaneProps} from './pane.ts';

export function jobTone({state, result}: Job): Tone {
	if (state === 'failed') {
		return 'critical';
	}

	return result ? (isGood(result) ? 'ok' : 'warning') : (isAtWork({state}) ? 'running' : 'muted');
}

type View = {readonly columns: number; readonly glyphs: Glyphs; readonly nowMs: number};

function progressRows(progress: Progress, {columns, glyphs}: View): Row[] {
	const share = shareOf(progress);
	return [
		...(share === undefined ? [] : [row(cell(' '.repeat(3)), ...bar(share, Math.max(8, columns - 9), glyphs, 'running'), fitCell(percentText(progress), 5, {align: 'right'}))]),
		textRow(`   ${phaseText(progress)}  ${progressText(progress)}`),
		...(progress.current === undefined ? [] : [textRow(`   ${progress.current}`, 'muted')]),
	];
}

function jobRows(job: Job, isSelected: boolean, view: View): Row[] {
	const {glyphs, columns, nowMs} = view;
	const warnings = job.warningCount > 0 ? `  ${job.warningCount} warned of` : '';
	const ended = job.endedMs === undefined ? '' : formatSpan(nowMs - job.endedMs);
	const head: Row = {isSelected, cells: [
		cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), fitCell(stateWords[job.state], 6, {tone: jobTone(job)}),
		fitCell(jobTitle(job), Math.max(8, columns - 13)), fitCell(ended, 5, {align: 'right', tone: 'muted'}),
	]};
	const text = job.failure?.message ?? (job.result && resultText(job.result));
	return [
		head,
		...(isAtWork(job) && job.progress ? progressRows(job.progress, view) : []),
		...(text === undefined ? [] : wrapText(text, columns - 4, 3).map(line => textRow(`   ${line}`, job.failure ? 'critical' : 'muted'))),
		...(warnings === '' ? [] : [textRow(`   ${warnings.trim()}`, 'warning')]),
	];
}

function activityRows(activity: Activity, view: View): Row[] {
	return [
		row(cell('  '), fitCell('RUN', 6, {tone: 'running'}), cell(activityTitle(activity)), cell(`  process ${activity.process.pid}`, 'muted')),
		...(activity.progress ? progressRows(activity.progress, view) : []),
	];
}

/** What runs here and elsewhere on this host, what waits, and what has ended. */
export function jobPaneRows(jobs: readonly Job[], activities: readonly Activity[], cursor: number | undefined, view: View): Row[] {
	const active = jobs.filter(job => isActive(job));
	const ended = jobs.filter(job => !isActive(job));
	const rows = [
		...active.flatMap((job, index) => jobRows(job, index === cursor, view)),
		...activities.flatMap(activity => activityRows(activity, view)),
		...ended.flatMap((job, index) => jobRows(job, active.length + index === cursor, view)),
	];
	return rows.length > 0 ? rows : [textRow('  nothing runs', 'muted')];
}

/** Pane 5: jobs. */
export function JobsPane({width, height, isFocused, isDimmed}: PaneProps): ReactNode {
	const jobs = useSelector(state => state.jobs);
	const overview = useSelector(state => state.overview);
	const cursors = useSelector(state => state.main.cursors);
	const nowMs = useCoarseNow();
	const {glyphs} = useTheme();
	const listed = listJobs({jobs});
	const activities = foreignActivities({jobs, ...(overview && {overview})});
	const cursor = clampRow(cursors.jobs, listed.length);
	const running = jobs.filter(job => isAtWork(job)).length + activities.length;
	const queued = jobs.filter(({state}) => state === 'queued').length;
	const rows = jobPaneRows(listed, activities, isFocused && listed.length > 0 ? cursor : undefined, {columns: width - 2, glyphs, nowMs});
	const at = Math.max(0, rows.findIndex(({isSelected}) => isSelected));
	const first = Math.max(0, Math.min(at - Math.floor(height / 3), rows.length - (height - 2)));
	return <Panel title={`5 Jobs ${running} running${queued > 0 ? `, ${queued} queued` : ''}`} rows={rows.slice(first)} width={width} height={height} isFocused={isFocused} isDimmed={isDimmed}/>;
}
