import {Box, useIsScreenReaderEnabled} from 'ink';
import type {ReactNode} from 'react';
import {Panel} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {useSelector} from '../../hooks/use-selector.ts';
import {isActive, type Job} from '../../model/job.ts';
import {phaseText, progressText} from '../../model/job-text.ts';
import {clampRow} from '../../model/selectors.ts';
import {textRow, wrapText, type Row, type Tone} from '../../row.ts';
import {positionText} from '../../scrolling.ts';
import type {Glyphs} from '../../theme.ts';
import {factRows} from '../job/fact-rows.ts';
import type {ScreenProps} from '../screen-props.ts';
import {decisionRows, detailRows, reasonRows, sourceRows, summaryRows} from './rows.ts';
import {shownSummary} from './shown-summary.ts';
import {listDecisions, type PruneScreen} from './state.ts';

/** From here on sources and the snapshot at the cursor are beside the list. */
const wideColumns = 110;
/** Of sources above the list, where they are not beside it. */
const mostSourceLines = 5;

type View = {readonly columns: number; readonly glyphs: Glyphs; readonly nowMs: number};

/** What comes of it, or how far it is. */
function headRows({preview, problem, progress}: PruneScreen, job: Job | undefined, {columns, glyphs, nowMs}: View): Row[] {
	const wrap = (text: string, tone: Tone): Row[] => wrapText(text, columns - 2).map(line => textRow(` ${line}`, tone));
	if (job) {
		const {result} = job;
		return result?.kind === 'prune'
			? summaryRows(result.summary, columns)
			: [
				...factRows(job, columns, glyphs, nowMs), ...(isActive(job) || job.state === 'done' ? [] : wrap('What is done stays; nothing is lost. R looks at what is left to do, l shows the log.', 'accent')),
			];
	}

	if (problem !== undefined) {
		return [...wrap(problem, 'critical'), ...wrap('R tries again, l shows the log.', 'accent')];
	}

	return preview ? summaryRows(preview, columns) : wrap(`Finding out what can go; nothing is changed…${progress ? `  ${phaseText(progress)}  ${progressText(progress)}` : ''}`, 'muted');
}

function emptyText({preview, filter, isOnlyGoing, problem}: PruneScreen, hasDecisions: boolean): string {
	if (problem !== undefined || (!preview && !hasDecisions)) {
		return '';
	}

	if (!hasDecisions) {
		return 'No snapshot was asked about: only what none needs goes.';
	}

	return filter === '' && isOnlyGoing ? 'No snapshot goes. f shows all.' : 'No snapshot matches the filter.';
}

function titleOf(job: Job | undefined): string {
	if (job === undefined) {
		return 'Prune: what it would do';
	}

	return isActive(job) ? 'Prune' : `Prune: ${job.result ? 'done' : 'not done'}`;
}

function footOf(job: Job | undefined, isKnown: boolean): string {
	if (job && isActive(job)) {
		return 'Esc leaves it running  x stops it safely';
	}

	return isKnown && !job ? 'nothing is changed before Enter' : '';
}

/** The prune: what it would do above, and every snapshot with its decision and reason. */
export function PruneView({screen, width, height}: ScreenProps<PruneScreen>): ReactNode {
	const jobs = useSelector(state => state.jobs);
	const nowMs = useSelector(state => state.nowMs);
	const isRead = useIsScreenReaderEnabled();
	const {glyphs} = useTheme();
	const job = jobs.find(({id}) => id === screen.job);
	const summary = shownSummary({jobs}, screen);
	const isWide = width >= wideColumns;
	const listed = summary ? listDecisions(summary, screen) : [];
	const cursor = clampRow(screen.cursor, listed.length);
	const selected = listed[cursor];
	const head = headRows(screen, job, {columns: width - 2, glyphs, nowMs});
	const sources = summary && !isWide ? sourceRows(summary, {columns: width - 2, height: Math.min(mostSourceLines, height - head.length - 10)}) : [];
	const upper = Math.max(3, Math.min(head.length + sources.length + 2, height - 6));
	const lower = height - upper;
	const right = isWide ? Math.min(56, Math.floor(width / 3)) : 0;
	const listWidth = width - right;
	const reasons = isWide || !selected || lower < 8 ? [] : reasonRows(selected, listWidth - 2);
	const room = lower - 2 - (reasons.length > 0 ? 2 : 0);
	const list = decisionRows(listed, cursor, {columns: listWidth - 2, height: room, glyphs});
	const blank = reasons.length > 0 ? Array.from({length: Math.max(0, lower - 2 - list.length - reasons.length)}, (): Row => ({cells: []})) : [];
	const empty = listed.length === 0 ? [textRow(` ${emptyText(screen, (summary?.decisions.length ?? 0) > 0)}`, 'muted')] : [];
	const position = positionText(listed.length, cursor, room);
	const status = [...(screen.isOnlyGoing ? ['only what goes'] : []), ...(screen.filter === '' ? [] : [`filter: ${screen.filter}`])].join('  ');
	const sourceLines = isWide && summary ? Math.max(4, Math.min(sourceRows(summary, {columns: right - 2, height: lower}).length + 2, lower - 8)) : 0;
	return <Box flexDirection='column' width={width} height={height}>
		<Panel title={titleOf(job)} rows={[...head, ...sources]} width={width} height={upper} foot={footOf(job, summary !== undefined)}/>
		<Box flexDirection={isRead ? 'column' : 'row'}>
			<Panel
				isFocused title={`Snapshots ${listed.length}`} rows={[...list, ...empty, ...blank, ...reasons]} width={listWidth} height={lower}
				{...(status !== '' && {status})} {...(position !== undefined && {foot: position})}
			/>
			{isWide && <Box flexDirection='column'>
				{sourceLines > 0 && <Panel title='Sources' rows={sourceRows(summary!, {columns: right - 2, height: sourceLines - 2})} width={right} height={sourceLines}/>}
				<Panel title='Snapshot' rows={selected ? detailRows(selected, right - 2) : []} width={right} height={lower - sourceLines}/>
			</Box>}
		</Box>
	</Box>;
}
