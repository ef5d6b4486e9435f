import type {PruneSummary, RetentionDecision} from '../../../engine/index.ts';
import {formatAmount, formatBytes, formatCount, formatTime} from '../../../text/format.ts';
import {cell, fitCell, row, textRow, wrapText, type Row, type Tone} from '../../row.ts';
import {windowOf} from '../../scrolling.ts';
import type {Glyphs} from '../../theme.ts';
import {countSources} from './state.ts';

function labelled(name: string, text: string, columns: number, {tone = 'plain', labelColumns = 11}: {readonly tone?: Tone; readonly labelColumns?: number} = {}): Row[] {
	return wrapText(text, Math.max(10, columns - labelColumns - 1)).map((line, index) => row(fitCell(index === 0 ? ` ${name}` : '', labelColumns, {tone: 'muted'}), cell(line, tone)));
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
		...labelled(isDryRun ? 'forgets' : 'forgotten', `${formatAmount(forgotten.length, 'snapshot')}, ${formatCount(remaining)} stay${takenUp}`, columns, {tone: forgotten.length > 0 ? 'strong' : 'plain'}),
		...labelled(isDryRun ? 'frees' : 'freed', `${formatBytes(Math.max(0, freedBytes))}: ${packText(summary)}`, columns, {tone: freedBytes > 0 ? 'strong' : 'plain'}),
		...(packs.waiting === 0 ? [] : labelled('waits', `${formatBytes(waitingBytes)} in ${formatAmount(packs.waiting, 'pack')}${waitingFor === '' ? '' : ` for ${waitingFor}`}: the next prune after that removes them`, columns, {tone: 'warning'})),
		...(deadBytes === 0 ? [] : labelled('stays', `${formatBytes(deadBytes)} that nothing needs, in packs ${isLimited ? 'beyond the limit of this run' : 'not worth writing anew yet'}`, columns, {tone: 'muted'})),
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
		...(shown.length < counts.length ? [textRow(` and ${formatCount(counts.length - shown.length)} more`, 'muted')] : []),
	];
}

/** From here on the class of a snapshot has room. */
const wideColumns = 90;

type View = {readonly columns: number; readonly glyphs: Glyphs};

function decisionRow({snapshot, isKept, reasons}: RetentionDecision, isSelected: boolean, {columns, glyphs, nameColumns}: View & {readonly nameColumns: number}): Row {
	const {id, time, source, class: backupClass} = snapshot;
	return {isSelected, cells: [
		cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), fitCell(isKept ? 'keep' : 'GOES', 6, {tone: isKept ? 'ok' : 'warning'}), fitCell(source, nameColumns, {tone: 'strong'}), cell(' '),
		fitCell(formatTime(time), 17), cell(`${id.slice(0, 8)} `, 'muted'), ...(columns >= wideColumns ? [fitCell(backupClass, 8, {tone: 'muted'})] : []), cell(reasons[0]?.text ?? '', isKept ? 'plain' : 'warning'),
	]};
}

/** The part of the list that is seen. */
export function decisionRows(listed: readonly RetentionDecision[], cursor: number, {height, ...view}: View & {readonly height: number}): Row[] {
	const {start, end} = windowOf(listed.length, cursor, height);
	const shown = listed.slice(start, end);
	// No more than the names need, so that the reasons have room.
	const nameColumns = Math.min(16, Math.max(4, ...shown.map(({snapshot: {source}}) => source.length)));
	return shown.map((decision, index) => decisionRow(decision, start + index === cursor, {...view, nameColumns}));
}

/** Everything about one decision. */
export function detailRows({snapshot: {id, time, source, host, class: backupClass, tags, isGood}, isKept, reasons}: RetentionDecision, columns: number): Row[] {
	const wrap = (text: string, tone: Tone): Row[] => wrapText(text, columns - 2).map(line => textRow(` ${line}`, tone));
	const outcome = isKept ? 'kept' : 'GOES';
	return [
		...wrap(`${source} @${host}, ${formatTime(time)}`, 'strong'), ...wrap(id, 'muted'),
		...wrap(`class ${backupClass}${tags.length === 0 ? '' : `, tags ${tags.join(', ')}`}${isGood ? '' : ', not whole'}`, isGood ? 'muted' : 'warning'),
		...reasons.flatMap(({text}, index) => labelled(index === 0 ? outcome : 'and', text, columns, {tone: isKept ? 'plain' : 'warning', labelColumns: 6})),
	];
}

/** All reasons of the decision at the cursor, in one or two lines below a list that has room for only one. */
export function reasonRows({isKept, reasons}: RetentionDecision, columns: number): Row[] {
	return wrapText(`${isKept ? 'kept' : 'goes'}: ${reasons.map(({text}) => text).join('; ')}`, columns - 2, 2).map(line => textRow(` ${line}`, isKept ? 'muted' : 'warning'));
}
