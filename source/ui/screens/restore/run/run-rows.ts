import {formatAmount, formatBytes, formatDuration, formatTime} from '../../../../text/format.ts';
import {toSafeText, truncateStart} from '../../../../text/display-text.ts';
import {bar} from '../../../components/bar.ts';
import type {Job} from '../../../model/job.ts';
import {elapsedText, percentText, phaseText, progressText, resultText, queuedText} from '../../../model/job-text.ts';
import {shareOf} from '../../../model/selectors.ts';
import {cell, emptyRow, fitCell, row, textRow, wrapText, type Row} from '../../../row.ts';
import {windowOf} from '../../../scrolling.ts';
import type {Glyphs} from '../../../theme.ts';
import {loadedRows} from '../server/outcome-rows.ts';
import {targetOf, type RestoreScreen} from '../state.ts';
import {messageCursor, messagesOf} from './messages.ts';

type View = {readonly columns: number; readonly glyphs: Glyphs; readonly nowMs: number};

function activeRows(job: Job, {place}: RestoreScreen, {columns, glyphs, nowMs}: View): Row[] {
	const {progress, state, warningCount} = job;
	if (state === 'queued') {
		return [textRow(` ${queuedText}`, 'muted')];
	}

	const share = progress && shareOf(progress);
	const elapsed = elapsedText(job, nowMs);
	const files = progress?.totalFiles === undefined ? '' : `${progress.files} of ${formatAmount(progress.totalFiles, place === 'server' ? 'dump' : 'file')}   `;
	return [
		row(cell(' '), ...bar(share ?? 0, Math.max(10, columns - 9), glyphs, 'running'), fitCell(progress ? percentText(progress) : '', 6, {align: 'right'})),
		textRow(progress ? ` ${files}${progressText(progress)}` : ' starting'),
		row(fitCell(` ${state === 'stopping' ? 'stopping' : (progress ? phaseText(progress) : '')}`, 12, {tone: 'running'}), fitCell(truncateStart(toSafeText(progress?.current ?? ''), Math.max(4, columns - 28)), Math.max(4, columns - 28)), cell(elapsed, 'muted')),
		textRow(warningCount === 0 ? ' no warnings so far' : ` ${formatAmount(warningCount, 'warning')} so far`, warningCount === 0 ? 'muted' : 'warning'),
	];
}

/** Where the files are now: the first few of what was marked. */
function placeRows(screen: RestoreScreen, columns: number): Row[] {
	const target = targetOf(screen);
	const included = [...screen.chosen.values()].filter(({isIncluded}) => isIncluded).map(({path}) => path);
	const paths = included.slice(0, 3).map(path => path === '/' ? target : (target === '/' ? path : target + path));
	const more = included.length > paths.length ? [textRow(` and ${formatAmount(included.length - paths.length, 'more', 'more')}`, 'muted')] : [];
	return [...paths.flatMap(path => wrapText(path, columns - 8, 2)).map((line, index) => row(fitCell(index === 0 ? ' now at' : '', 8, {tone: 'muted'}), cell(line, 'strong'))), ...more];
}

function endedRows(job: Job, screen: RestoreScreen, {columns, glyphs}: View): Row[] {
	const {result, failure} = job;
	if (result?.kind === 'restore') {
		const {failed, restored, skipped, bytes, planned} = result.summary;
		const isGood = failed === 0;
		return [
			row(cell(` ${isGood ? glyphs.ok : glyphs.warning} `, isGood ? 'ok' : 'warning'), cell(resultText(result), 'strong')),
			textRow(` restored ${restored} (${formatBytes(bytes)})   skipped ${skipped}, of which ${planned.kept} differ and stay   failed ${failed}`, isGood ? 'plain' : 'warning'),
			textRow(' The hash of every restored chunk was checked.', 'ok'),
			...(restored > 0 || planned.identical > 0 ? placeRows(screen, columns) : []),
		];
	}

	if (result?.kind === 'load') {
		const isGood = result.summary.problems.length === 0;
		return [row(cell(` ${isGood ? glyphs.ok : glyphs.warning} `, isGood ? 'ok' : 'warning'), cell(resultText(result), 'strong')), ...loadedRows(result.summary, columns, glyphs)];
	}

	const isServer = screen.place === 'server';
	if (failure) {
		return [row(cell(` ${glyphs.critical} `, 'critical'), cell('The restore failed.', 'critical')), ...wrapText(failure.message, columns - 2).map(line => textRow(` ${line}`)), textRow(isServer ? ' A database that it was at may have a part of the dump: load it again with "always".' : ' What was finished before that stays.', 'muted')];
	}

	return [
		row(cell(` ${glyphs.warning} `, 'warning'), cell('The restore was stopped.', 'strong')),
		...wrapText(isServer ? 'The database that it was at may have a part of the dump: load it again with "always".' : 'What was finished stays, and nothing is half written. The same restore with "if-changed" goes on where it ended.', columns - 2).map(line => textRow(` ${line}`)),
	];
}

/** How far it is, or what came of it. */
export function outcomeRows(job: Job | undefined, screen: RestoreScreen, view: View): Row[] {
	if (!job) {
		return [textRow(' The restore ended a while ago; the log tells how.', 'muted')];
	}

	return job.endedMs === undefined && job.state !== 'stopped' ? activeRows(job, screen, view) : endedRows(job, screen, view);
}

/** Problems and warnings around the cursor; that at the cursor in full. */
export function messageRows(job: Job, cursor: number | undefined, {columns, height, glyphs}: View & {readonly height: number}): Row[] {
	const messages = messagesOf(job);
	const at = messageCursor(job, cursor);
	const started = job.startedMs === undefined ? [] : [textRow(` ${formatTime(new Date(job.startedMs).toISOString())}  started${job.endedMs === undefined ? '' : `, ended after ${formatDuration(job.endedMs - job.startedMs)}`}`, 'muted')];
	const selected = messages[at];
	if (!selected) {
		return started;
	}

	const whole = wrapText(selected.text, columns - 4, 4);
	const {start, end} = windowOf(messages.length, at, Math.max(1, height - started.length - (whole.length - 1)));
	const rows = messages.slice(start, end).flatMap(({text, isProblem}, index): Row[] => {
		const tone = isProblem ? 'critical' : 'warning';
		return start + index === at
			? whole.map((line, part): Row => ({isSelected: true, cells: [cell(part === 0 ? `${glyphs.cursor} ` : '  ', 'accent'), cell(line, tone)]}))
			: [row(cell('  '), cell(text, tone))];
	});
	return [...started, ...rows, emptyRow];
}
