import {formatAmount, formatDuration} from '../../../text/format.ts';
import {bar} from '../../components/bar.ts';
import {isActive, type Job} from '../../model/job.ts';
import {percentText, phaseText, progressText, resultText, stateWords} from '../../model/job-text.ts';
import {shareOf} from '../../model/selectors.ts';
import {jobTone} from '../../panes/jobs.tsx';
import {cell, fitCell, row, textRow, wrapText, type Row} from '../../row.ts';
import type {Glyphs} from '../../theme.ts';

/** How a job stands: how far it is, or what came of it. */
export function factRows(job: Job, columns: number, glyphs: Glyphs, nowMs: number): Row[] {
	const {progress, startedMs, endedMs, failure, result, state} = job;
	const share = progress && shareOf(progress);
	const elapsed = startedMs === undefined ? 'not begun' : formatDuration((endedMs ?? nowMs) - startedMs);
	const wrap = (text: string, tone: 'critical' | 'plain'): Row[] => wrapText(text, columns - 2).map(line => textRow(` ${line}`, tone));
	return [
		row(cell(' '), cell(stateWords[state], jobTone(job)), cell(`   ${isActive(job) ? 'for' : 'took'} ${elapsed}`, 'muted')),
		...(share === undefined || !isActive(job) ? [] : [row(cell(' '), ...bar(share, Math.max(10, columns - 10), glyphs, 'running'), fitCell(percentText(progress!), 6, {align: 'right'}))]),
		...(progress && isActive(job)
			? [
				row(cell(` ${phaseText(progress)}  `, 'strong'), cell(progressText(progress)), cell(`  ${formatAmount(progress.files, 'file')}`, 'muted')),
				textRow(` ${progress.current ?? ''}`, 'muted'),
			]
			: []),
		...(result ? wrap(resultText(result), 'plain') : []),
		...(failure ? wrap(failure.message, 'critical') : []),
	];
}
