import {Box} from 'ink';
import type {ReactNode} from 'react';
import {runbookOf, type Alert} from '../../../engine/index.ts';
import {formatAge, formatSpan, formatTime} from '../../../text/format.ts';
import {Panel} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {useCoarseNow, useSelector} from '../../hooks/use-selector.ts';
import {clampRow} from '../../model/selectors.ts';
import {severityCells} from '../../panes/alerts.tsx';
import {cell, emptyRow, fitCell, row, textRow, wrapText, type Row} from '../../row.ts';
import {positionText, windowOf} from '../../scrolling.ts';
import type {Glyphs} from '../../theme.ts';
import type {ScreenProps} from '../screen-props.ts';
import {shownAlerts} from './shown-alerts.ts';
import type {AlertsScreen} from './state.ts';

type View = {readonly nowMs: number; readonly glyphs: Glyphs; readonly columns: number; readonly height: number};

function listRows(alerts: readonly Alert[], cursor: number, {nowMs, glyphs, columns, height}: View): Row[] {
	const {start, end} = windowOf(alerts.length, cursor, height - 1);
	const head = row(
		cell('  '), fitCell('SEV', 8, {tone: 'muted'}), fitCell('AGE', 4, {tone: 'muted', align: 'right'}), cell('  '), fitCell('OBJECT', 16, {tone: 'muted'}), fitCell('MESSAGE', Math.max(4, columns - 38), {tone: 'muted'}), fitCell('STATE', 6, {tone: 'muted'}),
	);
	return [head, ...alerts.slice(start, end).map((alert, index): Row => {
		const isSelected = start + index === cursor;
		return {isSelected, cells: [
			cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), ...severityCells(alert, glyphs), cell(' '), fitCell(formatSpan(nowMs - Date.parse(alert.firstSeen)), 4, {align: 'right', tone: 'muted'}), cell('  '),
			fitCell(alert.object, 15, {tone: 'strong'}), cell(' '), fitCell(alert.message, Math.max(4, columns - 39)), cell(' '), fitCell(alert.acknowledged ? 'acked' : 'open', 6, {tone: alert.acknowledged ? 'muted' : 'plain'}),
		]};
	})];
}

function detailRows(alert: Alert, columns: number, nowMs: number): Row[] {
	const wrap = (text: string): Row[] => wrapText(text, columns - 2).map(line => textRow(` ${line}`));
	return [
		row(cell(' since     ', 'muted'), cell(`${formatTime(alert.firstSeen)} (${formatAge(alert.firstSeen, nowMs)})`)),
		row(cell(' last seen ', 'muted'), cell(formatTime(alert.lastSeen))),
		...(alert.told ?? []).map(({channel, last, count}, index) => row(cell(index === 0 ? ' told      ' : ' '.repeat(11), 'muted'), cell(`${channel} ${formatTime(last)}${count > 1 ? `, ${count} times` : ''}`))),
		...wrap(alert.message),
		...(alert.cause === undefined ? [] : wrap(`Cause: ${alert.cause}`)),
		...wrapText(`Next step: ${alert.nextStep}`, columns - 2).map(line => row(cell(` ${line}`, 'accent'))),
		...wrapText(`More: ${runbookOf(alert.kind)}`, columns - 2).map(line => textRow(` ${line}`, 'muted')),
		...(alert.acknowledged ? [emptyRow, ...wrap(`Acknowledged by ${alert.acknowledged.user} at ${formatTime(alert.acknowledged.time)}${alert.acknowledged.note === undefined ? '' : `: ${alert.acknowledged.note}`}`)] : []),
	];
}

/** All alerts, and everything about the one at the cursor. */
export function AlertsView({screen, width, height}: ScreenProps<AlertsScreen>): ReactNode {
	const overview = useSelector(state => state.overview);
	const nowMs = useCoarseNow();
	const {glyphs} = useTheme();
	const alerts = shownAlerts({...(overview && {overview})}, screen);
	const cursor = clampRow(screen.cursor, alerts.length);
	const alert = alerts[cursor];
	const isWide = width >= 110;
	const listWidth = isWide ? Math.floor(width * 0.64) : width;
	const listHeight = isWide ? height : Math.max(5, Math.floor(height * 0.55));
	const open = (overview?.alerts ?? []).filter(({acknowledged}) => acknowledged === undefined).length;
	const acknowledged = (overview?.alerts.length ?? 0) - open;
	const rows = alerts.length > 0 ? listRows(alerts, cursor, {nowMs, glyphs, columns: listWidth - 2, height: listHeight - 2}) : [row(cell(` ${glyphs.ok} `, 'ok'), cell(screen.filter === '' ? 'nothing to report' : 'no alert matches', 'muted'))];
	const position = positionText(alerts.length, cursor, listHeight - 3);
	return <Box width={width} height={height} flexDirection={isWide ? 'row' : 'column'}>
		<Panel
			title={`4 Alerts ${open} open, ${acknowledged} acknowledged`} status={`${screen.isShowingAll ? 'all' : 'open'}${screen.filter === '' ? '' : `  filter: ${screen.filter}`}`} rows={rows}
			width={listWidth} height={listHeight} isFocused {...(position !== undefined && {foot: position})}
		/>
		<Panel
			title={alert ? `${alert.severity === 'critical' ? 'CRIT' : 'WARN'} ${alert.object}` : 'Details'} rows={alert ? detailRows(alert, (isWide ? width - listWidth : width) - 2, nowMs) : []}
			width={isWide ? width - listWidth : width} height={isWide ? height : height - listHeight}
		/>
	</Box>;
}
