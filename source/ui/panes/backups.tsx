import type {ReactNode} from 'react';
import type {SourceRun} from '../../engine/index.ts';
import {formatBytes, formatSpan} from '../../text/format.ts';
import {Panel} from '../components/panel.tsx';
import {useTheme} from '../components/theme-context.ts';
import {useCoarseNow, useSelector} from '../hooks/use-selector.ts';
import {clampRow, listSources, type ListedSource, type SourceWord} from '../model/selectors.ts';
import {cell, fitCell, row, textRow, type Cell, type Row, type Tone} from '../row.ts';
import {positionText, windowOf} from '../scrolling.ts';
import type {Glyphs} from '../theme.ts';
import type {PaneProps} from './pane.ts';

export const wordTones: Readonly<Record<SourceWord, Tone>> = {OK: 'ok', RUN: 'running', WAIT: 'running', LATE: 'warning', WARN: 'warning', FAIL: 'critical', NEVER: 'critical'};

const marks = {ok: ['ok', 'ok'], partial: ['warning', 'warning'], failed: ['critical', 'critical'], interrupted: ['warning', 'warning']} as const satisfies Record<SourceRun['outcome'], readonly [keyof Glyphs, Tone]>;

/** One mark for each of the last runs, the newest at the right end. */
export function runStrip(runs: readonly SourceRun[], columns: number, glyphs: Glyphs): Cell[] {
	const shown = runs.slice(-columns);
	const blank = fitCell(glyphs.none.repeat(columns - shown.length), columns - shown.length, {tone: 'muted'});
	return [...(shown.length < columns ? [blank] : []), ...shown.map(({outcome}) => {
		const [glyph, tone] = marks[outcome];
		return cell(glyphs[glyph], tone);
	})];
}

const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `02:00` within a day, `24 Nov` later, `due` when it is past. */
export function nextText(nextRun: string | undefined, nowMs: number): string {
	if (nextRun === undefined) {
		return '-';
	}

	const next = new Date(nextRun);
	if (next.getTime() <= nowMs) {
		return 'due';
	}

	const two = (value: number): string => String(value).padStart(2, '0');
	return next.getTime() - nowMs < 24 * 60 * 60 * 1000 ? `${two(next.getHours())}:${two(next.getMinutes())}` : `${next.getDate()} ${monthNames[next.getMonth()]}`;
}

type View = {readonly nowMs: number; readonly columns: number; readonly glyphs: Glyphs; readonly hasHosts: boolean};

/** Columns besides the name: state and age, limit, size, verified, epoch, next run, runs. */
const fixedColumns = 2 + 11 + 6 + 9 + 9 + 6 + 6 + 14;

const kindColumns = 10;
/** The kind is left out where names would have less than this. */
const comfortableNameColumns = 22;

const roomOf = ({columns}: View): number => columns - fixedColumns - 1;
const hasKind = (view: View): boolean => roomOf(view) >= comfortableNameColumns + kindColumns;

function nameColumns(view: View): number {
	return Math.max(8, roomOf(view) - (hasKind(view) ? kindColumns : 0));
}

function header(view: View): Row {
	const texts = ['LAST OK', 'LIMIT', 'SIZE', 'VERIFIED', 'EPOCH', 'DUE'];
	const [last, limit, size, verified, epoch, next] = texts as [string, string, string, string, string, string];
	return row(
		cell('  '), fitCell('NAME', nameColumns(view), {tone: 'muted'}), fitCell(` ${last}`, 11, {tone: 'muted'}), fitCell(limit, 6, {tone: 'muted', align: 'right'}), fitCell(size, 9, {tone: 'muted', align: 'right'}), fitCell(verified, 9, {tone: 'muted', align: 'right'}), fitCell(epoch, 6, {tone: 'muted', align: 'right'}), fitCell(next, 6, {tone: 'muted', align: 'right'}), ...(hasKind(view) ? [fitCell('  KIND', kindColumns, {tone: 'muted'})] : []), fitCell(' LAST 14 RUNS', 15, {tone: 'muted'}),
	);
}

/** After so many days without a verification its age is marked. */
const verifyWithinMs = 30 * 24 * 60 * 60 * 1000;

function sourceRow({source, word, share}: ListedSource, isSelected: boolean, view: View): Row {
	const {glyphs, nowMs} = view;
	const age = source.lastSuccess === undefined ? '' : formatSpan(nowMs - Date.parse(source.lastSuccess));
	const last = word === 'RUN' && share !== undefined ? `${Math.floor(share * 100)}%` : age;
	const verifiedMs = source.lastVerified === undefined ? undefined : nowMs - Date.parse(source.lastVerified);
	const isVerifiedLate = source.snapshots > 0 && (verifiedMs === undefined || verifiedMs > verifyWithinMs);
	const verified = verifiedMs === undefined ? 'never' : formatSpan(verifiedMs);
	const name = view.hasHosts ? `${source.name} @${source.host}` : source.name;
	const tone = wordTones[word];
	return {isSelected, cells: [
		cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'),
		fitCell(name, nameColumns(view), {tone: 'strong'}), cell(' '), fitCell(word, 5, {tone}), fitCell(last, 5, {align: 'right', tone}),
		fitCell(formatSpan(source.maximumAgeMs), 6, {align: 'right', tone: 'muted'}),
		fitCell(source.snapshots === 0 ? '-' : formatBytes(source.bytes), 9, {align: 'right'}),
		fitCell(source.snapshots === 0 ? '-' : verified + (isVerifiedLate ? '!' : ''), 9, {align: 'right', tone: isVerifiedLate ? 'warning' : 'plain'}),
		fitCell(source.epoch?.slice(0, 4) ?? '-', 6, {align: 'right', tone: 'muted'}),
		fitCell(word === 'RUN' ? 'now' : nextText(source.nextRun, nowMs), 6, {align: 'right'}), ...(hasKind(view) ? [fitCell(`  ${source.kind}`, kindColumns, {tone: 'muted'})] : []), cell(' '),
		...runStrip(source.runs, 14, glyphs),
	]};
}

/** The rows of the pane, with the line of headings. */
export function backupRows(listed: readonly ListedSource[], cursor: number, {height, ...view}: View & {readonly height: number}): Row[] {
	const {start, end} = windowOf(listed.length, cursor, height - 1);
	return [header(view), ...listed.slice(start, end).map((one, index) => sourceRow(one, start + index === cursor, view))];
}

/** Pane 1: each source, how it stands, and when it was last backed up. */
export function BackupsPane({width, height, isFocused, isDimmed}: PaneProps): ReactNode {
	const overview = useSelector(state => state.overview);
	const jobs = useSelector(state => state.jobs);
	const main = useSelector(state => state.main);
	const link = useSelector(state => state.link);
	const nowMs = useCoarseNow();
	const {glyphs} = useTheme();
	const listed = listSources({jobs, main, ...(overview && {overview})});
	const cursor = clampRow(main.cursors.backups, listed.length);
	const hasHosts = new Set(overview?.sources.map(({host}) => host)).size > 1;
	const inner = height - 2;
	const rows = backupRows(listed, cursor, {nowMs, columns: width - 2, glyphs, hasHosts, height: inner});
	if (listed.length === 0) {
		rows.push(textRow(`  ${emptyText(overview !== undefined, main.filter, link.status)}`, 'muted'));
	}

	const position = positionText(listed.length, cursor, inner - 1);
	const total = overview?.sources.length;
	return <Panel
		title={`1 Backups${total === undefined ? '' : ` ${main.filter === '' ? total : `${listed.length} of ${total}`}`}`} rows={rows} width={width} height={height} isFocused={isFocused} isDimmed={isDimmed}
		{...(main.filter === '' && main.order === 'configuration' ? {} : {status: [main.filter === '' ? '' : `filter: ${main.filter}`, main.order === 'configuration' ? '' : `by ${main.order}`].filter(Boolean).join('  ')})}
		{...(position !== undefined && {foot: position})}
	/>;
}

function emptyText(isLoaded: boolean, filter: string, status: string): string {
	if (!isLoaded) {
		return status === 'offline' ? 'The repository cannot be reached.' : 'Opening the repository…';
	}

	return filter === '' ? 'No sources yet: "coffer config edit" adds them; then start coffer again.' : 'No source matches the filter. Esc takes it away.';
}
