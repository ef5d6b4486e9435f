import type {KeyStatus, RotateSummary} from '../../../engine/index.ts';
import {formatAmount, formatBytes, formatDuration} from '../../../text/format.ts';
import {bar} from '../../components/bar.ts';
import type {Job} from '../../model/job.ts';
import {elapsedText, percentText, phaseText, progressText, queuedText} from '../../model/job-text.ts';
import {leftUnderOld, underText} from '../../model/key-state.ts';
import {shareOf} from '../../model/selectors.ts';
import {cell, fitCell, row, textRow, wrapText, type Row, type Tone} from '../../row.ts';
import type {Glyphs} from '../../theme.ts';
import {checksOf, type Check, type CheckFacts} from './checks.ts';

type View = {readonly columns: number; readonly glyphs: Glyphs; readonly nowMs: number};

const wrap = (text: string, columns: number, tone: Tone = 'plain'): Row[] => wrapText(text, columns - 3).map(line => textRow(` ${line}`, tone));

const checkTones = {OK: 'ok', WARN: 'warning', FAIL: 'critical', '…': 'muted'} as const satisfies Record<Check['word'], Tone>;

/** What was looked at before it begins. */
export function checkRows(facts: CheckFacts, columns: number): Row[] {
	const left = leftUnderOld(facts.keys);
	return [
		...(left === undefined ? [] : wrap(`Under the old epoch there are ${underText(left)}.`, columns, 'warning')),
		...checksOf(facts).flatMap(({word, text}) => wrapText(text, columns - 8).map((line, index) => row(fitCell(index === 0 ? ` ${word}` : '', 6, {tone: checkTones[word]}), cell(` ${line}`)))),
	];
}

function activeRows(job: Job, {columns, glyphs, nowMs}: View): Row[] {
	const {progress, state, warningCount} = job;
	if (state === 'queued') {
		return [textRow(` ${queuedText}`, 'muted')];
	}

	const share = progress && shareOf(progress);
	const elapsed = elapsedText(job, nowMs);
	const current = progress?.current === undefined ? [] : wrap(`${progress.phase === 'waiting' ? 'waits for ' : ''}${progress.current}`, columns, 'muted');
	return [
		row(cell(` ${glyphs.running} `, 'running'), cell(state === 'stopping' ? 'stopping at the next safe point' : (progress ? phaseText(progress) : 'starting'), 'running'), cell(`   ${elapsed}`, 'muted')),
		...(share === undefined ? [] : [row(cell(' '), ...bar(share, Math.max(10, columns - 9), glyphs, 'running'), fitCell(percentText(progress!), 6, {align: 'right'}))]),
		...(progress && progressText(progress) !== '' ? [textRow(` ${progressText(progress)}`)] : []),
		...current,
		...(warningCount === 0 ? [] : job.warnings.slice(-3).flatMap(text => wrap(text, columns, 'warning'))),
	];
}

const followText = (count: number, recovery: number): string => count === 0
	? 'No other key slot is there.'
	: `${formatAmount(count, 'other key slot follows', 'other key slots follow')} without their secrets${recovery === 0 ? '' : `, of them ${formatAmount(recovery, 'recovery key')}`}.`;

function summaryRows({epoch, retired, followingSlots, recoverySlots, moved, packs, bytes, damagedPacks, durationMs, isResumed}: RotateSummary, {columns, glyphs}: View): Row[] {
	const old = retired.length === 0 ? 'the old epoch' : `epoch ${retired.map(id => id.slice(0, 8)).join(', ')}`;
	return [
		row(cell(` ${glyphs.ok} `, 'ok'), cell(`The key is rotated, in ${formatDuration(durationMs)}${isResumed ? ' since it was taken up' : ''}. The old key file opens nothing any more.`, 'strong')),
		row(cell(` ${glyphs.ok} `, 'ok'), cell(`Proven: 0 objects under ${old}; ${epoch.slice(0, 8)} opens everything.`, 'ok')),
		...wrap(`${formatAmount(moved, 'object')} moved${packs === 0 ? '' : `, ${formatAmount(packs, 'pack')} (${formatBytes(bytes)}) written anew`}. ${followText(followingSlots, recoverySlots)}`, columns),
		...(damagedPacks === 0 ? [] : wrap(`${formatAmount(damagedPacks, 'pack')} could not be written anew, being damaged or lost: verify names the files.`, columns, 'warning')),
		...wrap('Copies of the old key file are of no use any more: make a new copy, in another place.', columns, 'accent'),
	];
}

function endedRows(job: Job, view: View): Row[] {
	const {result, failure, warnings} = job;
	const warned = warnings.flatMap(text => wrap(text, view.columns, 'warning'));
	if (result?.kind === 'rotate') {
		return [...summaryRows(result.summary, view), ...warned];
	}

	const {columns, glyphs} = view;
	const next = 'What is done stays, and nothing is lost: until the end the old key and the new one open everything. K takes the rotation up where it stopped, any time.';
	return failure
		? [row(cell(` ${glyphs.critical} `, 'critical'), cell('The rotation did not come to its end.', 'critical')), ...wrap(failure.message, columns), ...wrap(`${next} l shows the log.`, columns, 'accent'), ...warned]
		: [row(cell(` ${glyphs.warning} `, 'warning'), cell('The rotation was stopped.', 'strong')), ...wrap(next, columns, 'accent'), ...warned];
}

/** How far a rotation is, or what came of it, and what is left. */
export function outcomeRows(job: Job, keys: KeyStatus | undefined, view: View): Row[] {
	if (job.endedMs === undefined && job.state !== 'stopped') {
		return activeRows(job, view);
	}

	const left = keys && leftUnderOld(keys);
	return [...endedRows(job, view), ...(job.result || left === undefined ? [] : wrap(`Left under the old epoch: ${underText(left)}.`, view.columns))];
}
