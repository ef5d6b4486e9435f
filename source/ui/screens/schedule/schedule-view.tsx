import {Box, useIsScreenReaderEnabled} from 'ink';
import {useMemo, type ReactNode} from 'react';
import {ownTimeZone, type Job, type JobOverview} from '../../../engine/index.ts';
import {Panel} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {useCoarseNow, useSelector} from '../../hooks/use-selector.ts';
import {clampRow} from '../../model/selectors.ts';
import {textRow, wrapText, type Row} from '../../row.ts';
import {positionText} from '../../scrolling.ts';
import type {ScreenProps} from '../screen-props.ts';
import {jobRows, nextText, runRows} from './detail-rows.ts';
import {starterOf} from './starter.ts';
import type {ScheduleScreen} from './state.ts';
import {gridOf, timelineOf, type TimelineGrid, type TimelineJob, type TimelineMark} from './timeline.ts';
import {lineColumns, spokenRows, timelineRows} from './timeline-rows.ts';
import {zoneTime} from './zone-time.ts';

/** From here on the last runs are beside the job. */
const wideColumns = 110;
/** The job with its frame likes to have so many lines. */
const jobLines = 10;

function toTimelineJob({job, usualDurationMs}: JobOverview): TimelineJob {
	const {name, kind, expression, timeZone, jitterMs, isEnabled}: Job = job;
	return {name, kind, expression, timeZone, jitterMs, isEnabled, ...(usualDurationMs !== undefined && {usualDurationMs})};
}

/** The marks of the line, which are found out anew only where something has changed: the line moves on every quarter of an hour at most. */
function useTimeline(jobs: readonly JobOverview[], grid: TimelineGrid, host: string): TimelineMark[][] {
	const facts = JSON.stringify([jobs.map(one => toTimelineJob(one)), grid, host]);
	return useMemo(() => timelineOf(...JSON.parse(facts) as [TimelineJob[], TimelineGrid, string]), [facts]);
}

function emptyRows(isKnown: boolean, columns: number): Row[] {
	return wrapText(isKnown ? 'There is no job on this host: "coffer config edit" adds sources, which the default jobs are for.' : 'Loading…', columns - 2).map(line => textRow(` ${line}`, 'muted'));
}

/** What runs when: a line for each job, and everything about the one at the cursor. */
export function ScheduleView({screen, width, height}: ScreenProps<ScheduleScreen>): ReactNode {
	const overview = useSelector(state => state.overview);
	const nowMs = useCoarseNow();
	const isRead = useIsScreenReaderEnabled();
	const {glyphs} = useTheme();
	const schedule = overview?.schedule;
	const jobs = schedule?.jobs ?? [];
	const host = overview?.host ?? '';
	const columns = width - 2;
	const grid = gridOf(nowMs, screen.span, lineColumns(columns));
	const marks = useTimeline(jobs, grid, host);
	const cursor = clampRow(screen.cursor, jobs.length);
	const selected = jobs[cursor];
	const isWide = width >= wideColumns;
	const upper = Math.max(4, Math.min(jobs.length + 4, height - jobLines));
	const lower = height - upper;
	const leftWidth = isWide ? Math.floor(width * 0.6) : width;
	const starter = schedule && starterOf(schedule, nowMs);
	const position = positionText(jobs.length, cursor, upper - 4);
	const lines = isRead
		? spokenRows(jobs, cursor, jobs.map(one => nextText(one, {host, nowMs})), nowMs)
		: timelineRows(jobs, cursor, {grid, span: screen.span, marks, height: upper - 2, nowMs, columns, glyphs});
	return <Box flexDirection='column' width={width} height={height}>
		<Panel
			isFocused width={width} height={upper} title={`Next ${screen.span === 'day' ? '24 h' : '7 days'} (${ownTimeZone()}, now ${zoneTime(nowMs, ownTimeZone()).time})`}
			rows={jobs.length === 0 ? emptyRows(schedule !== undefined, columns) : lines}
			{...(starter && {status: `started by ${starter.name}`})} {...(position !== undefined && {foot: position})}
		/>
		<Box flexDirection={isRead ? 'column' : 'row'}>
			<Panel title={selected?.job.name ?? 'Job'} rows={selected && starter ? jobRows(selected, starter, {nowMs, columns: leftWidth - 2, host}) : []} width={leftWidth} height={lower}/>
			{isWide && <Panel title='Last runs' rows={selected ? runRows(selected, nowMs) : []} width={width - leftWidth} height={lower}/>}
		</Box>
	</Box>;
}
