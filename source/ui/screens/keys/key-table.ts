import type {KeyInfo, KeyStatus} from '../../../engine/index.ts';
import {formatBytes, formatCount, formatSpan, formatTime} from '../../../text/format.ts';
import {bar} from '../../components/bar.ts';
import {oldEpochs, recoveryState} from '../../model/key-state.ts';
import {ageTones, ageWords} from '../../panes/keys.tsx';
import {cell, fitCell, row, type Cell, type Row} from '../../row.ts';
import type {Glyphs} from '../../theme.ts';

export type KeyTableView = {readonly columns: number; readonly glyphs: Glyphs; readonly nowMs: number; readonly cursor: number};

const heading = (text: string, columns: number): Cell => fitCell(text, columns, {tone: 'muted'});
const right = (text: string, columns: number): Cell => fitCell(text, columns, {align: 'right'});
const count = (value: number | undefined): string => value === undefined ? '…' : formatCount(value);
const day = (time: string): string => formatTime(time).slice(0, 10);

/** One row for each epoch, below a line of headings. */
export function epochRows(keys: KeyStatus, {columns, glyphs, cursor}: KeyTableView): Row[] {
	const {epochs, rotateAfterDays, age} = keys;
	const old = oldEpochs(keys);
	const head = row(cell('  '), heading('EPOCH', 9), heading('STATE', 6), heading('MADE', 11), heading('AGE', 10), fitCell('OBJECTS', 8, {tone: 'muted', align: 'right'}), fitCell('PACKS', 8, {tone: 'muted', align: 'right'}), fitCell('SIZE', 9, {tone: 'muted', align: 'right'}));
	return [head, ...epochs.map((epoch, index): Row => {
		const {id, created, ageDays, isActive, objects, packs, packBytes} = epoch;
		const tone = isActive ? ageTones[age] : 'muted';
		return {isSelected: index === cursor, cells: [
			cell(index === cursor ? `${glyphs.cursor} ` : '  ', 'accent'), fitCell(id.slice(0, 8), 9, {tone: 'strong'}), fitCell(isActive ? ageWords[age] : (old.includes(epoch) ? 'OLD' : 'NEXT'), 6, {tone}),
			fitCell(day(created), 11), fitCell(`${ageDays}d / ${rotateAfterDays}d`, 10), right(count(objects), 8), right(count(packs), 8), right(packBytes === undefined ? '…' : formatBytes(packBytes), 9), cell(' '),
			...bar(ageDays / rotateAfterDays, Math.max(8, Math.min(40, columns - 66)), glyphs, tone),
		]};
	})];
}

/** What opens a slot, in a word. */
export function factorsText({factors}: Pick<KeyInfo, 'factors'>): string {
	if (factors === undefined) {
		return '…';
	}

	if (factors.length === 2) {
		return 'both';
	}

	return factors[0] === undefined ? 'nothing' : (factors[0] === 'key-file' ? 'file' : 'phrase');
}

function recoveryCell(key: KeyInfo, keys: KeyStatus, nowMs: number): Cell {
	if (!key.isRecovery) {
		return fitCell('-', 8, {tone: 'muted'});
	}

	const {tone} = recoveryState({...keys, keys: [key]}, nowMs);
	return fitCell(key.checked === undefined ? 'never!' : `OK ${formatSpan(nowMs - Date.parse(key.checked))}`, 8, {tone: tone === 'muted' ? 'ok' : tone});
}

/** One row for each key slot, below a line of headings. */
export function slotRows(status: KeyStatus, {columns, glyphs, nowMs, cursor}: KeyTableView): Row[] {
	const labelColumns = Math.max(10, Math.min(40, columns - 64));
	const head = row(cell('  '), heading('SLOT', 9), heading('LABEL', labelColumns), heading('ROLE', 8), heading('OPENS', 8), heading('MADE', 11), heading('USED', 7), heading('EXPIRES', 11), heading('CHECKED', 8));
	return [head, ...status.keys.map((key, index): Row => {
		const {id, label, role, created, expires, isOwn, lastUsed} = key;
		const isSelected = status.epochs.length + index === cursor;
		const used = lastUsed === undefined ? '-' : formatSpan(nowMs - Date.parse(lastUsed));
		return {isSelected, cells: [
			cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), fitCell(id.slice(0, 8), 9, {tone: 'strong'}), fitCell(label, labelColumns - 1), cell(' '), fitCell(role, 8), fitCell(factorsText(key), 8), fitCell(day(created), 11),
			fitCell(isOwn ? 'in use' : used, 7, {tone: isOwn ? 'accent' : 'plain'}),
			fitCell(expires === undefined ? 'never' : day(expires), 11, {tone: expires !== undefined && Date.parse(expires) < nowMs ? 'critical' : 'plain'}), recoveryCell(key, status, nowMs),
		]};
	})];
}
