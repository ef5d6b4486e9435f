import {Box, Text, useIsScreenReaderEnabled} from 'ink';
import Spinner from 'ink-spinner';
import type {ReactNode} from 'react';
import type {Progress} from '../../engine/index.ts';
import {useSelector} from '../hooks/use-selector.ts';
import {isAtWork, type Job} from '../model/job.ts';
import {activityTitle, jobTitle, percentText, phaseText, progressText} from '../model/job-text.ts';
import {foreignActivities, shareOf} from '../model/selectors.ts';
import type {DashboardState} from '../model/state.ts';
import {cell, fitCell, spread, type Cell} from '../row.ts';
import type {Glyphs} from '../theme.ts';
import {bar} from './bar.ts';
import {Line} from './line.tsx';
import {useTheme} from './theme-context.ts';

function runningCells(title: string, progress: Progress | undefined, width: number, glyphs: Glyphs): Cell[] {
	const share = progress && shareOf(progress);
	return [
		cell(` ${glyphs.running} `, 'running'), cell(`${title} `, 'strong'), cell(progress ? `${phaseText(progress)} ` : 'starting', 'muted'),
		...(share === undefined ? [] : [...bar(share, width >= 110 ? 30 : 16, glyphs, 'running'), fitCell(percentText(progress!), 5, {align: 'right'})]),
		...(progress ? [cell(`  ${progressText(progress)}`)] : []),
	];
}

const spinnerColumns = 4;

/** What to say in the line: what just happened, else what runs, else why the repository is out of reach. */
export function statusCells(state: Pick<DashboardState, 'notice' | 'jobs' | 'overview' | 'link'>, width: number, glyphs: Glyphs): Cell[] {
	const {notice, jobs, link} = state;
	if (notice) {
		return [cell(` ${notice.text}`, notice.tone)];
	}

	const job: Job | undefined = jobs.find(candidate => isAtWork(candidate));
	const queued = jobs.filter(candidate => candidate.state === 'queued').length;
	const waiting = queued > 0 ? [cell(` +${queued} queued `, 'muted')] : [];
	if (job) {
		return spread(runningCells(job.state === 'stopping' ? `stopping: ${jobTitle(job)}` : jobTitle(job), job.progress, width, glyphs), waiting, width);
	}

	const activity = foreignActivities(state)[0];
	if (activity) {
		return spread(runningCells(activityTitle(activity), activity.progress, width, glyphs), [cell(` process ${activity.process.pid} `, 'muted')], width);
	}

	return link.status === 'offline' ? [cell(` ${link.failure.message}`, 'critical')] : [];
}

/** The line above the keys. */
export function StatusLine({width}: {readonly width: number}): ReactNode {
	const notice = useSelector(state => state.notice);
	const jobs = useSelector(state => state.jobs);
	const overview = useSelector(state => state.overview);
	const link = useSelector(state => state.link);
	const {glyphs, looks} = useTheme();
	const isRead = useIsScreenReaderEnabled();
	const isBusy = notice === undefined && jobs.some(job => isAtWork(job)) && !isRead;
	const lineWidth = isBusy ? width - spinnerColumns : width;
	// The dots move two and a half times a second: a sign of life where bytes come slowly, for few bytes on the line.
	return <Box>
		{isBusy && <Box width={spinnerColumns} flexShrink={0}><Text {...looks.running}> <Spinner type='simpleDots'/></Text></Box>}
		<Line cells={statusCells({jobs, link, ...(notice && {notice}), ...(overview && {overview})}, lineWidth, glyphs)} width={lineWidth}/>
	</Box>;
}
