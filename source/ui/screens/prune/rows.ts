import type {PruneSummary, RetentionDecision} from '../../../engine/index.ts';
import {formatAmount, formatBytes, formatCount, formatTime} from '../../../text/format.ts';
import {cell, fitCell, row, textRow, wrapText, type Cell, type Row, type Tone} from '../../row.ts';
import {windowOf} from '../../scrolling.ts';
import type {Glyphs} from '../../theme.ts';
import {countSources} from './state.ts';

const label = (text: string): Cell => fitCell(` ${text}`, 11, {tone: 'muted'});

function labelled(name: string, text: string, columns: number, tone: Tone = 'plain'): Row[] {
	return wrapText(text, Math.max(10, columns - 12)).map((line, index) => row(label(index === 0 ? name : ''), cell(line, tone)));
}

function packText({packs: {removed, rewritten, total}, rewrittenBytes}: PruneSummary): string {
	const anew = rewritten === 0 ? '' : `, ${formatCount(rewritten)} of them written anew (${formatBytes(rewrittenBytes)})`;
	return `${formatCount(removed)} of ${formatAmount(total, 'pack')}${anew}`;
}

/** What is forgotten, freed, and waits: of a dry run, what would be. */
export function summaryRows(summary: PruneSummary, columns: number): Row[] {
	const {forgotten, completed, remaining, freedBytes, packs, waitingBytes, waitingFor, deadBytes, isLimited, isDryRun} = summary;
	const takenUp = completed.length === 0 ? '' : `; ${formatAmount(completed.length, 'snapshot')} of an interrupted run ${isDryRun ? 'would be' : 'are'} taken away for good`;
	return [
		...labelled(isDryRun ? 'forgets' : 'forgotten', `${formatAmount(forgotten.length, 'snapshot')}, ${formatCount(remaining)} stay${takenUp}`, columns, forgotten.length > 0 ? 'strong' : 'plain'),
		...labelled(isDryRun ? 'frees' : 'freed', `${formatBytes(Math.max(0, freedBytes))}: ${packText(summary)}`, columns, freedBytes > 0 ? 'strong' : 'plain'),
		...(packs.waiting === 0 ? [] : labelled('waits', `${formatBytes(waitingBytes)} in ${formatAmount(packs.waiting, 'pack')}${waitingFor === '' ? '' : ` for ${waitingFor}`}: the next prune after that removes them`, columns, 'warning')),
		...(deadBytes === 0 ? [] : labelled('stays', `${formatBytes(deadBytes)} that nothing needs, in packs ${isLimited ? 'beyond the limit of this run' : 'that are not worth writing anew yet'}`, columns, 'muted')),
	];
}

/** For each source how many snapshots are kept and go. @param height - Lines that there are. */
export function sourceRows(summary: Pick<PruneSummary, 'decisions'>, {columns, height}: {readonly columns: number; readonly height: number}): Row[] {
	const counts = countSources(summary);
	if (counts.length === 0 || height < 2) {
		return [];
	}

	const hasHosts = new Set(counts.map(({host}) => host)).size > 1;
	const nameColumns = Math.max(8, Math.min(40, columns - 18));
	const shown = counts.length < height ? counts : counts.slice(0, height - 2);
	return [
		row(cell(' '), fitCell('SOURCE', nameColumns, {tone: 'muted'}), fitCell('KEPT', 8, {tone: 'muted', align: 'right'}), fitCell('GO', 8, {tone: 'muted', align: 'right'})),
		...shown.map(({source, host, kept, going}): Row => row(
			cell(' '), fitCell(hasHosts ? `${source} @${host}` : source, nameColumns, {tone: 'strong'}), fitCell(formatCount(kept), 8, {align: 'right'}), fitCell(formatCount(going), 8, {align: 'right', tone: going > 0 ? 'warning' : 'muted'}),
		)),
		...(shown.length < counts.length ? [textRow(` and ${formatAmount(counts.length - shown.length, 'source')} more`, 'muted')] : []),
	];
}

/** From here on the class of a snapshot has room. */
const wideColumns = 90;

type View = {readonly columns: number; readonly glyphs: Glyphs};

function decisionRow({snapshot: {id, time, source, class: backupClass}, isKept, reasons}: RetentionDecision, isSelected: boolean, {columns, glyphs}: View): Row {
	return {isSelected, cells: [
		cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), fitCell(isKept ? 'keep' : 'GOES', 6, {tone: isKept ? 'ok' : 'warning'}), fitCell(source, 12, {tone: 'strong'}), cell(' '),
		fitCell(formatTime(time), 17), cell(`${id.slice(0, 8)} `, 'muted'), ...(columns >= wideColumns ? [fitCell(backupClass, 8, {tone: 'muted'})] : []), cell(reasons[0]?.text ?? '', isKept ? 'plain' : 'warning'),
	]};
}

/** The part of the list that is seen. */
export function decisionRows(listed: readonly RetentionDecision[], cursor: number, {height, ...view}: View & {readonly height: number}): Row[] {
	const {start, end} = windowOf(listed.length, cursor, height);
	return listed.slice(start, end).map((decision, index) => decisionRow(decision, start + index === cursor, view));
}

/** Everything about one decision. */
export function detailRows({snapshot: {id, time, source, host, class: backupClass, tags, isGood}, isKept, reasons}: RetentionDecision, columns: number): Row[] {
	const wrap = (text: string, tone: Tone): Row[] => wrapText(text, columns - 2).map(line => textRow(` ${line}`, tone));
	return [
		...wrap(`${source} @${host}, ${formatTime(time)}`, 'strong'), ...wrap(id, 'muted'),
		...wrap(`class ${backupClass}${tags.length === 0 ? '' : `, tags ${tags.join(', ')}`}${isGood ? '' : ', not whole'}`, isGood ? 'muted' : 'warning'),
		...reasons.flatMap(({text}, index) => wrap(`${index === 0 ? (isKept ? 'kept: ' : 'GOES: ') : ' '.repeat(6)}${text}`, isKept ? 'plain' : 'warning')),
	];
}

/** All reasons of the decision at the cursor, in one or two lines below a list that has room for only one. */
export function reasonRows({isKept, reasons}: RetentionDecision, columns: number): Row[] {
	return wrapText(`${isKept ? 'kept' : 'goes'}: ${reasons.map(({text}) => text).join('; ')}`, columns - 2, 2).map(line => textRow(` ${line}`, isKept ? 'muted' : 'warning'));
}
