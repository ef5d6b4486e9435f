import {Box} from 'ink';
import type {ReactNode} from 'react';
import {formatBytes, formatCount, formatDuration} from '../../../text/format.ts';
import {Panel} from '../../components/panel.tsx';
import {ReportTable, tableLines, type Report} from '../../components/report-table.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {useSelector} from '../../hooks/use-selector.ts';
import {isActive, type Job, type JobResult} from '../../model/job.ts';
import {jobTitle} from '../../model/job-text.ts';
import {clampRow} from '../../model/selectors.ts';
import {cell, emptyRow, textRow, type Row} from '../../row.ts';
import {positionText, windowOf} from '../../scrolling.ts';
import type {ScreenProps} from '../screen-props.ts';
import {factRows} from './fact-rows.ts';
import type {JobScreen} from './state.ts';

/** What was found out that a person should know: of a verification its problems, of a restore what was lost or differs, else the warnings. */
function findings(job: Job): readonly string[] {
	const {result, warnings} = job;
	if (result?.kind === 'verify') {
		return [...result.summary.problems.map(({object, message}) => `${object}: ${message}`), ...result.summary.notes];
	}

	if (result?.kind === 'load') {
		return [...result.summary.problems.map(({database, message}) => `${database}: ${message}`), ...result.summary.notes];
	}

	return result?.kind === 'restore' && result.summary.problems.length > 0 ? result.summary.problems.map(({path, message}) => `${path}: ${message}`) : warnings;
}

/** What came of it, in figures. */
function reportOf(result: JobResult): Report {
	switch (result.kind) {
		case 'backup': {
			const {files, bytes, addedBytes, storedBytes, unreadable, durationMs} = result.summary;
			return [{
				files: formatCount(files),
				size: formatBytes(bytes),
				new: formatBytes(addedBytes),
				stored: formatBytes(storedBytes),
				missing: formatCount(unreadable),
				took: formatDuration(durationMs),
			}];
		}

		case 'verify': {
			const {checkedObjects, checkedBytes, problems, snapshots, durationMs} = result.summary;
			return [{
				objects: formatCount(checkedObjects),
				checked: formatBytes(checkedBytes),
				snapshots: formatCount(snapshots.length),
				problems: formatCount(problems.length),
				took: formatDuration(durationMs),
			}];
		}

		case 'restore': {
			const {restored, skipped, failed, deleted, bytes, durationMs} = result.summary;
			return [{
				restored: formatCount(restored),
				skipped: formatCount(skipped),
				failed: formatCount(failed),
				deleted: formatCount(deleted),
				size: formatBytes(bytes),
				took: formatDuration(durationMs),
			}];
		}

		case 'load': {
			const {databases, bytes, problems, durationMs} = result.summary;
			return [{
				loaded: formatCount(databases.length),
				tables: formatCount(databases.reduce((sum, {tables}) => sum + tables, 0)),
				rows: formatCount(databases.reduce((sum, {rows = 0}) => sum + rows, 0)),
				problems: formatCount(problems.length),
				size: formatBytes(bytes),
				took: formatDuration(durationMs),
			}];
		}

		case 'prune': {
			const {forgotten, packs, freedBytes, waitingBytes, durationMs} = result.summary;
			return [{
				forgotten: formatCount(forgotten.length),
				packs: formatCount(packs.removed),
				freed: formatBytes(Math.max(0, freedBytes)),
				waiting: formatBytes(waitingBytes),
				took: formatDuration(durationMs),
			}];
		}

		case 'rotate': {
			const {moved, packs, bytes, followingSlots, durationMs} = result.summary;
			return [{
				moved: formatCount(moved),
				packs: formatCount(packs),
				size: formatBytes(bytes),
				slots: formatCount(followingSlots + 1),
				took: formatDuration(durationMs),
			}];
		}
	}
}

/** One job. */
export function JobView({screen, width, height}: ScreenProps<JobScreen>): ReactNode {
	const job = useSelector(({jobs}) => jobs.find(({id}) => id === screen.job));
	const nowMs = useSelector(state => state.nowMs);
	const {glyphs} = useTheme();
	if (!job) {
		return <Panel title='Job' rows={[textRow(' This job is no longer remembered; the log is (l).', 'muted')]} width={width} height={height} isFocused/>;
	}

	const facts = factRows(job, width - 2, glyphs, nowMs);
	const factLines = Math.max(8, Math.min(facts.length + 3, Math.floor(height / 2)));
	const texts = findings(job);
	const cursor = clampRow(screen.cursor, texts.length);
	const report = job.result && height >= 16 ? reportOf(job.result) : undefined;
	const lines = height - factLines - (report ? tableLines(report.length) : 0);
	const {start, end} = windowOf(texts.length, cursor, lines - 2);
	const position = positionText(texts.length, cursor, lines - 2);
	const advice = isActive(job) ? [emptyRow, textRow(' Esc leaves it running, x stops it safely.', 'muted')] : [];
	return <Box flexDirection='column' width={width} height={height}>
		<Panel title={jobTitle(job)} rows={[...facts, ...advice]} width={width} height={factLines}/>
		{report && <ReportTable report={report}/>}
		<Panel
			title={`${job.result?.kind === 'verify' ? 'Findings' : 'Warnings'} ${formatCount(Math.max(texts.length, job.warningCount))}`} width={width} height={lines} isFocused
			rows={texts.length === 0 ? [textRow(' none', 'muted')] : texts.slice(start, end).map((text, index): Row => ({isSelected: start + index === cursor, cells: [cell(` ${text}`)]}))}
			{...(position !== undefined && {foot: position})}
		/>
	</Box>;
}
