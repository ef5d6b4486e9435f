import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {KeyStatus} from '../../../engine/index.ts';
import {formatAge, formatTime} from '../../../text/format.ts';
import {bar} from '../../components/bar.ts';
import {Panel} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {useCoarseNow, useSelector} from '../../hooks/use-selector.ts';
import {clampRow} from '../../model/selectors.ts';
import {ageTones, ageWords, rotationText} from '../../panes/keys.tsx';
import {cell, fitCell, row, textRow, wrapText, type Row} from '../../row.ts';
import {windowOf} from '../../scrolling.ts';
import type {Glyphs} from '../../theme.ts';
import type {ScreenProps} from '../screen-props.ts';
import type {KeysScreen} from './state.ts';

type View = {readonly columns: number; readonly glyphs: Glyphs; readonly nowMs: number; readonly cursor: number};

function epochRows({epochs, rotateAfterDays, age}: KeyStatus, {columns, glyphs, cursor}: View): Row[] {
	const head = row(cell('  '), fitCell('EPOCH', 10, {tone: 'muted'}), fitCell('STATE', 7, {tone: 'muted'}), fitCell('CREATED', 18, {tone: 'muted'}), fitCell('AGE / ROTATION', 20, {tone: 'muted'}));
	return [head, ...epochs.map(({id, created, ageDays, isActive}, index): Row => ({isSelected: index === cursor, cells: [
		cell(index === cursor ? `${glyphs.cursor} ` : '  ', 'accent'), fitCell(id.slice(0, 8), 10, {tone: 'strong'}), fitCell(isActive ? ageWords[age] : 'OLD', 7, {tone: isActive ? ageTones[age] : 'muted'}),
		fitCell(formatTime(created), 18), fitCell(`${ageDays}d / ${rotateAfterDays}d`, 12), ...bar(ageDays / rotateAfterDays, Math.max(8, Math.min(40, columns - 52)), glyphs, isActive ? ageTones[age] : 'muted'),
	]}))];
}

function slotRows({keys, epochs}: KeyStatus, {columns, glyphs, nowMs, cursor}: View): Row[] {
	const labelColumns = Math.max(10, Math.min(40, columns - 54));
	const head = row(cell('  '), fitCell('SLOT', 10, {tone: 'muted'}), fitCell('LABEL', labelColumns, {tone: 'muted'}), fitCell('ROLE', 9, {tone: 'muted'}), fitCell('CREATED', 18, {tone: 'muted'}), fitCell('EXPIRES', 12, {tone: 'muted'}));
	return [head, ...keys.map(({id, label, role, created, expires, isOwn}, index): Row => {
		const isSelected = epochs.length + index === cursor;
		return {isSelected, cells: [
			cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), fitCell(id.slice(0, 8), 10, {tone: 'strong'}), fitCell(label, labelColumns - 1), cell(' '), fitCell(role, 9), fitCell(formatTime(created), 18),
			fitCell(expires === undefined ? 'never' : formatTime(expires).slice(0, 10), 11, {tone: expires !== undefined && Date.parse(expires) < nowMs ? 'critical' : 'plain'}), cell(isOwn ? 'in use' : '', 'accent'),
		]};
	})];
}

/** Epochs and key slots: their ages, and which one is in use. */
export function KeysView({screen, width, height}: ScreenProps<KeysScreen>): ReactNode {
	const keys = useSelector(state => state.overview?.keys);
	const lastVerification = useSelector(state => state.overview?.lastVerification);
	const nowMs = useCoarseNow();
	const {glyphs} = useTheme();
	if (keys === undefined) {
		return <Panel title='2 Keys' rows={[textRow('  Loading…', 'muted')]} width={width} height={height} isFocused/>;
	}

	const verdict = lastVerification?.isIntact ? 'intact' : 'damaged';
	const verified = lastVerification ? [textRow(` the repository was ${verdict} at the last verification, ${formatAge(lastVerification.time, nowMs)}`)] : [];
	const cursor = clampRow(screen.cursor, keys.epochs.length + keys.keys.length);
	const view: View = {columns: width - 2, glyphs, nowMs, cursor};
	const epochs = epochRows(keys, view);
	const epochLines = Math.min(epochs.length + 2, Math.floor(height / 3));
	const slots = slotRows(keys, view);
	const noteLines = 6;
	const slotLines = Math.max(4, height - epochLines - noteLines);
	const {start, end} = windowOf(slots.length, Math.max(0, cursor - keys.epochs.length + 1), slotLines - 2);
	const note = 'Each epoch is a generation of the repository\'s keys; everything new is written under the active one. A key slot is one secret, a key file or a passphrase, that opens the repository. Keep a copy of one far from this machine.';
	return <Box flexDirection='column' width={width} height={height}>
		<Panel title={`Epochs ${keys.epochs.length}`} status={rotationText(keys)} rows={epochs} width={width} height={epochLines} isFocused/>
		<Panel title={`Key slots ${keys.keys.length}`} rows={slots.slice(start, end)} width={width} height={slotLines} isFocused={cursor >= keys.epochs.length}/>
		<Panel
			title='What these are' width={width} height={height - epochLines - slotLines}
			rows={[...wrapText(note, width - 4).map(line => textRow(` ${line}`, 'muted')), ...verified]}
		/>
	</Box>;
}
