import type {Alert, SnapshotList, SourceOverview, StoredSnapshot} from '../../../engine/index.ts';
import {formatAge, formatAmount, formatBytes, formatCount, formatDuration, formatSpan, formatTime} from '../../../text/format.ts';
import {sparkline} from '../../components/sparkline.ts';
import {nextText, runStrip} from '../../panes/backups.tsx';
import {cell, fitCell, row, textRow, wrapText, type Cell, type Row} from '../../row.ts';
import {windowOf} from '../../scrolling.ts';
import type {Glyphs} from '../../theme.ts';
import type {Starter} from '../schedule/starter.ts';
import {contentText} from './content-rows.ts';

type View = {readonly nowMs: number; readonly columns: number; readonly glyphs: Glyphs};

const label = (text: string): Cell => fitCell(` ${text}`, 11, {tone: 'muted'});

/** A labelled text, in as many lines as it takes, at most `limit`. */
function textRows(name: string, text: string, {columns, limit = 2, tone = 'plain'}: {readonly columns: number; readonly limit?: number; readonly tone?: Cell['tone']}): Row[] {
	return wrapText(text, Math.max(10, columns - 12), limit).map((line, index) => row(label(index === 0 ? name : ''), cell(line, tone)));
}

/** How many runs in a row did not end well, up to the last one. */
export function failuresInARow({runs}: Pick<SourceOverview, 'runs'>): number {
	const lastGood = runs.findLastIndex(({outcome}) => outcome === 'ok' || outcome === 'partial');
	return runs.length - 1 - lastGood;
}

/** So many columns a trend takes, and its name and figure besides. */
const trendColumns = {least: 5, most: 20, beside: 18} as const;

/** How size, what was new and duration went from snapshot to snapshot, each with its newest figure; none before there are two. @param snapshots - Newest first. */
export function trendRows(snapshots: readonly StoredSnapshot[], {columns, glyphs}: Pick<View, 'columns' | 'glyphs'>): Row[] {
	if (snapshots.length < 2) {
		return [];
	}

	const {least, most, beside} = trendColumns;
	const inner = columns - 12;
	const count = inner >= 3 * (least + beside) ? 3 : 2;
	const each = Math.min(most, Math.max(least, Math.floor(inner / count) - beside));
	const oldestFirst = snapshots.toReversed().map(({statistics}) => statistics);
	const trend = (name: string, valueOf: (statistics: StoredSnapshot['statistics']) => number, format: (value: number) => string): Cell[] => {
		const values = oldestFirst.map(statistics => valueOf(statistics));
		return [cell(`${name} `, 'muted'), cell(sparkline(values, each, glyphs), 'accent'), cell(` ${format(values.at(-1)!)}   `)];
	};

	return [row(label('Trend'), ...[
		trend('size', ({bytes}) => bytes, formatBytes),
		trend('took', ({durationMs}) => durationMs, formatDuration),
		trend('new', ({addedBytes}) => addedBytes, formatBytes),
	].slice(0, count).flat())];
}

/** How a source stands, why, and what to do. @param snapshots - Newest first. */
export function factRows(source: SourceOverview, alerts: readonly Alert[], snapshots: readonly StoredSnapshot[], view: View & {readonly starter: Starter | undefined}): Row[] {
	const {nowMs, columns, glyphs, starter} = view;
	const [newest] = snapshots;
	const paths = newest?.paths ?? [];
	const kind = [source.kind, ...(newest?.classification === undefined ? [] : [newest.classification])].join(', ');
	const contents = newest && contentText(newest, nowMs);
	const last = source.runs.at(-1);
	const failures = failuresInARow(source);
	const lastTry = last === undefined ? 'never run on this host' : `last run ${formatTime(last.time)}, ${formatDuration(last.durationMs)}${last.outcome === 'ok' ? '' : `, ${last.outcome}`}`;
	const cause = last?.error ?? source.lastError ?? alerts[0]?.cause ?? alerts[0]?.message;
	const isTroubled = alerts.length > 0 || failures > 0;
	return [
		row(label('Runs'), ...runStrip(source.runs, 14, glyphs), cell(`  ${failures > 1 ? `${formatAmount(failures, 'run')} in a row without success, ` : ''}${lastTry}`)),
		...(isTroubled && cause !== undefined ? textRows('Cause', cause, {columns, tone: source.state === 'failed' ? 'critical' : 'warning'}) : []),
		...(alerts.length > 0 ? textRows('Next step', alerts[0]!.nextStep, {columns, tone: 'accent'}) : []),
		...trendRows(snapshots, view),
		row(label('Kind'), cell(kind), ...(contents === undefined ? [] : [cell(`   ${contents}`, 'muted')])),
		...textRows('Paths', paths.length > 0 ? paths.join('  ') : 'not known: no snapshot, and not in the configuration', {columns, limit: 1}),
		row(label('Limit'), cell(`a backup every ${formatSpan(source.maximumAgeMs)}`), cell(`   due ${nextText(source.nextRun, nowMs).replace('due', 'now')}${source.nextRun === undefined || starter === undefined ? '' : ` (started by ${starter.name})`}`, starter?.kind === 'nothing' ? 'critical' : 'muted'), cell(`   verified ${formatAge(source.lastVerified, nowMs)}`, 'muted')),
	];
}

const idColumns = 9;

function verifiedText(snapshot: StoredSnapshot, verifications: SnapshotList['verifications'] | undefined, nowMs: number): string {
	const verification = verifications?.get(snapshot.id);
	return verification === undefined ? 'never' : `${{none: 'structure', part: 'sample', all: 'data'}[verification.data]} ${formatSpan(nowMs - Date.parse(verification.time))}`;
}

/** The list of snapshots, with its line of headings. */
export function snapshotRows(snapshots: readonly StoredSnapshot[], {cursor, marked, height, verifications, nowMs, columns, glyphs}: View & {
	readonly cursor: number;
	readonly marked: string | undefined;
	readonly height: number;
	readonly verifications: SnapshotList['verifications'] | undefined;
}): Row[] {
	const isWide = columns >= 90;
	const head = row(
		cell(' '.repeat(4)), fitCell('ID', idColumns, {tone: 'muted'}), fitCell('TAKEN', 17, {tone: 'muted'}), fitCell('AGE', 5, {tone: 'muted', align: 'right'}), fitCell('SIZE', 9, {tone: 'muted', align: 'right'}), fitCell('ADDED', 9, {tone: 'muted', align: 'right'}), fitCell('FILES', 9, {tone: 'muted', align: 'right'}), cell('  '), fitCell('VERIFIED', 14, {tone: 'muted'}), ...(isWide ? [fitCell('CLASS  TAGS', 20, {tone: 'muted'})] : []),
	);
	const {start, end} = windowOf(snapshots.length, cursor, height - 1);
	return [head, ...snapshots.slice(start, end).map((snapshot, index): Row => {
		const isSelected = start + index === cursor;
		const {id, time, statistics: {bytes, addedBytes, files, unreadable}, tags} = snapshot;
		return {isSelected, cells: [
			cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), cell(id === marked ? '* ' : '  ', 'accent'), fitCell(id.slice(0, 8), idColumns), fitCell(formatTime(time), 17),
			fitCell(formatSpan(nowMs - Date.parse(time)), 5, {align: 'right', tone: 'muted'}), fitCell(formatBytes(bytes), 9, {align: 'right'}), fitCell(formatBytes(addedBytes), 9, {align: 'right'}),
			fitCell(formatCount(files), 9, {align: 'right'}), cell('  '), fitCell(unreadable > 0 ? formatAmount(unreadable, 'gap') : verifiedText(snapshot, verifications, nowMs), 14, {tone: unreadable > 0 ? 'warning' : 'plain'}),
			...(isWide ? [fitCell(`${snapshot.class}  ${tags.join(' ')}`, 20, {tone: 'muted'})] : []),
		]};
	})];
}

/** Everything about a snapshot but what its source said of itself. */
export function snapshotFacts({id, time, host, user, kind, classification, statistics, program, tags, paths, keyEpoch, class: backupClass}: StoredSnapshot, columns: number): Row[] {
	const {files, directories, bytes, addedBytes, storedBytes, durationMs, unreadable} = statistics;
	return [
		row(label('id'), cell(id)),
		row(label('taken'), cell(`${formatTime(time)} in ${formatDuration(durationMs)}`)),
		row(label('by'), cell(`${user}@${host}, ${program}`)),
		row(label('kind'), cell([kind, ...(classification === undefined ? [] : [classification])].join(', '))),
		row(label('size'), cell(`${formatBytes(bytes)} in ${formatAmount(files, 'file')}, ${formatAmount(directories, 'folder')}`)),
		row(label('added'), cell(`${formatBytes(addedBytes)}, ${formatBytes(storedBytes)} stored`)),
		row(label('missing'), cell(unreadable === 0 ? 'nothing' : `${formatAmount(unreadable, 'entry', 'entries')} could not be read`, unreadable === 0 ? 'plain' : 'warning')),
		row(label('class'), cell(`${backupClass}${tags.length > 0 ? `  tags ${tags.join(', ')}` : ''}`)),
		row(label('epoch'), cell(keyEpoch.slice(0, 8))),
		...textRows('paths', paths.join('  '), {columns, limit: 4}),
	];
}

export const noSnapshots = (isLoaded: boolean): Row => textRow(isLoaded ? '  There is no snapshot yet: b backs it up.' : '  Loading…', 'muted');
