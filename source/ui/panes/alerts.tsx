import type {ReactNode} from 'react';
import type {Alert} from '../../engine/index.ts';
import {formatSpan} from '../../text/format.ts';
import {Panel} from '../components/panel.tsx';
import {useTheme} from '../components/theme-context.ts';
import {useCoarseNow, useSelector} from '../hooks/use-selector.ts';
import {clampRow, listAlerts} from '../model/selectors.ts';
import {cell, fitCell, row, textRow, wrapText, type Cell, type Row, type Tone} from '../row.ts';
import {positionText, windowOf} from '../scrolling.ts';
import type {Glyphs} from '../theme.ts';
import type {PaneProps} from './pane.ts';

export function alertTone({severity, acknowledged}: Alert): Tone {
	return acknowledged ? 'muted' : severity;
}

/** `✖ CRIT`, `▲ WARN`. */
export function severityCells(alert: Alert, glyphs: Glyphs): Cell[] {
	const tone = alertTone(alert);
	return [cell(`${glyphs[alert.severity]} `, tone), fitCell(alert.severity === 'critical' ? 'CRIT' : 'WARN', 5, {tone})];
}

type View = {readonly nowMs: number; readonly glyphs: Glyphs; readonly columns: number};

/** One line: what it is about and what is wrong. */
function shortRow(alert: Alert, isSelected: boolean, {nowMs, glyphs}: Omit<View, 'columns'>): Row {
	const cause = alert.cause === undefined ? '' : `: ${alert.cause}`;
	return {isSelected, cells: [
		cell(' '), ...severityCells(alert, glyphs), fitCell(formatSpan(nowMs - Date.parse(alert.firstSeen)), 4, {align: 'right', tone: 'muted'}), cell('  '),
		cell(alert.object, 'strong'), cell(`  ${alert.message}${cause}`, alert.acknowledged ? 'muted' : 'plain'), ...(alert.acknowledged ? [cell('  acknowledged', 'muted')] : []),
	]};
}

/** Several lines, for a narrow and high pane: what is wrong, and what to do. */
function longRows(alert: Alert, isSelected: boolean, {nowMs, glyphs, columns}: View): Row[] {
	const text = `${alert.message}${alert.cause === undefined ? '' : `: ${alert.cause}`}`;
	return [
		{isSelected, cells: [cell(' '), ...severityCells(alert, glyphs), fitCell(formatSpan(nowMs - Date.parse(alert.firstSeen)), 4, {align: 'right', tone: 'muted'}), cell(` ${alert.object}`, 'strong')]},
		...wrapText(text, columns - 4, 3).map(line => row(cell(' '.repeat(3)), cell(line, alert.acknowledged ? 'muted' : 'plain'))),
		...(alert.acknowledged ? [textRow('   acknowledged', 'muted')] : wrapText(`next: ${alert.nextStep}`, columns - 4, 2).map(line => row(cell(' '.repeat(3)), cell(line, 'accent')))),
	];
}

/** The alerts that fit, beginning near the cursor. */
export function alertRows(alerts: readonly Alert[], cursor: number | undefined, {height, columns, ...view}: View & {readonly height: number}): Row[] {
	if (alerts.length === 0) {
		return [row(cell(` ${view.glyphs.ok} `, 'ok'), cell('nothing to report', 'muted'))];
	}

	const isNarrow = columns < 60;
	if (!isNarrow) {
		const {start, end} = windowOf(alerts.length, cursor ?? 0, height);
		return alerts.slice(start, end).map((alert, index) => shortRow(alert, start + index === cursor, view));
	}

	const first = Math.max(0, (cursor ?? 0) - (height >= 12 ? 1 : 0));
	return alerts.slice(first).flatMap((alert, index) => longRows(alert, first + index === cursor, {...view, columns}));
}

/** Pane 4: what is wrong now. */
export function AlertsPane({width, height, isFocused, isDimmed}: PaneProps): ReactNode {
	const overview = useSelector(state => state.overview);
	const cursors = useSelector(state => state.main.cursors);
	const nowMs = useCoarseNow();
	const {glyphs} = useTheme();
	const alerts = listAlerts({...(overview && {overview})});
	const cursor = clampRow(cursors.alerts, alerts.length);
	const rows = overview === undefined ? [textRow('  -', 'muted')] : alertRows(alerts, isFocused ? cursor : undefined, {nowMs, glyphs, columns: width - 2, height: height - 2});
	const open = alerts.filter(({acknowledged}) => acknowledged === undefined).length;
	const position = positionText(alerts.length, cursor, height - 2);
	return <Panel
		title={`4 Alerts${overview === undefined ? '' : ` ${open}`}`} rows={rows} width={width} height={height} isFocused={isFocused} isDimmed={isDimmed}
		{...(alerts.length > open && {status: `${alerts.length - open} acknowledged`})} {...(position !== undefined && width >= 60 && {foot: position})}
	/>;
}
