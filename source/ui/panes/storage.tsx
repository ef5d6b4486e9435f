import type {ReactNode} from 'react';
import type {Overview, StorageOverview} from '../../engine/index.ts';
import {formatAmount, formatBytes} from '../../text/format.ts';
import {bar} from '../components/bar.ts';
import {Panel} from '../components/panel.tsx';
import {useTheme} from '../components/theme-context.ts';
import {useSelector} from '../hooks/use-selector.ts';
import {cell, fitCell, row, textRow, type Row, type Tone} from '../row.ts';
import type {Glyphs} from '../theme.ts';
import type {PaneProps} from './pane.ts';

const levelTones = {ok: 'ok', warning: 'warning', critical: 'critical'} as const satisfies Record<StorageOverview['level'], Tone>;
const levelWords = {ok: '', warning: ' WARN', critical: ' FULL'} as const satisfies Record<StorageOverview['level'], string>;

/** The last part of a URL or path, by which people know it. */
function nameOf(url: string): string {
	return url.split('/').findLast(part => part !== '') ?? url;
}

function usageRow({url, usedPercent, level, freeBytes}: StorageOverview, columns: number, glyphs: Glyphs): Row {
	const percent = usedPercent === undefined ? 'size unknown' : `${Math.round(usedPercent)}%`;
	const free = freeBytes === undefined ? '' : `${formatBytes(freeBytes)} free`;
	const nameColumns = Math.min(12, Math.max(6, columns - 30));
	const barColumns = Math.max(8, columns - nameColumns - 2 - 5 - 1 - 12 - levelWords[level].length);
	return row(
		cell(' '), fitCell(nameOf(url), nameColumns, {tone: 'strong'}), cell(' '), ...(usedPercent === undefined ? [] : bar(usedPercent / 100, barColumns, glyphs, levelTones[level])), fitCell(percent, Math.max(5, percent.length + 1), {align: 'right', tone: levelTones[level]}), cell(levelWords[level], levelTones[level]), fitCell(free, 12, {align: 'right'}),
	);
}

/** A disk that is full in so many days is full never: growth of a few days says nothing about it. */
const farDays = 3650;

function growthText({growthBytesPerDay: growth, daysUntilFull}: StorageOverview): string {
	if (growth === undefined) {
		return 'growth: known after two days';
	}

	const full = daysUntilFull === undefined || daysUntilFull > farDays ? '' : `  full in ~${formatAmount(Math.floor(daysUntilFull), 'day')}`;
	return `growth ${growth < 0 ? '-' : '+'}${formatBytes(Math.abs(growth))}/day${full}`;
}

/** Each destination with what is used and free, its growth, and what deduplication and compression save. */
export function storageRows({storage, ratios}: Pick<Overview, 'storage' | 'ratios'>, columns: number, glyphs: Glyphs): Row[] {
	const times = (ratio: number | undefined): string => ratio === undefined ? '-' : `${ratio.toFixed(1)}x`;
	return [
		...storage.flatMap((one): Row[] => [
			usageRow(one, columns, glyphs),
			row(cell(' '), cell(growthText(one), one.daysUntilFull !== undefined && one.daysUntilFull < 30 ? 'warning' : 'plain')),
			row(cell(` size ${one.usedBytes === undefined ? '-' : formatBytes(one.usedBytes)}  dedup ${times(ratios.deduplication)}  compr ${times(ratios.compression)}`, 'muted')),
		]),
		...storage.map(({url}) => textRow(` ${url}`, 'muted')),
	];
}

/** Pane 3: the destinations. */
export function StoragePane({width, height, isFocused, isDimmed}: PaneProps): ReactNode {
	const overview = useSelector(state => state.overview);
	const {glyphs} = useTheme();
	const rows = overview === undefined ? [textRow('  -', 'muted')] : storageRows(overview, width - 2, glyphs);
	return <Panel title='3 Storage' rows={rows} width={width} height={height} isFocused={isFocused} isDimmed={isDimmed}/>;
}
