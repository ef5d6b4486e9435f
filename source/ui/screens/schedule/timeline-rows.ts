import type {JobKind, JobOverview} from '../../../engine/index.ts';
import {cell, fitCell, row, textRow, type Cell, type Row, type Tone} from '../../row.ts';
import {windowOf} from '../../scrolling.ts';
import type {Glyphs} from '../../theme.ts';
import {isLong, jobWord, kindLetters} from './job-words.ts';
import type {TimelineSpan} from './state.ts';
import {labelsOf, type TimelineGrid, type TimelineMark} from './timeline.ts';

/** Columns beside the line: the cursor, the name with a blank, the word. */
const nameColumns = 14;
const wordColumns = 5;

/** Columns that the line may have. */
export const lineColumns = (columns: number): number => columns - 2 - nameColumns - 1 - wordColumns;

type View = {readonly nowMs: number; readonly columns: number; readonly glyphs: Glyphs};

/** Neighbours of the same look as one piece. */
function joinCells(cells: readonly Cell[]): Cell[] {
	const joined: Cell[] = [];
	for (const one of cells) {
		const last = joined.at(-1);
		if (last && last.tone === one.tone) {
			joined[joined.length - 1] = {...last, text: last.text + one.text};
		} else {
			joined.push(one);
		}
	}

	return joined;
}

function lineCells(overview: JobOverview, marks: readonly TimelineMark[]): Cell[] {
	const letter = kindLetters[overview.job.kind];
	const looks: Readonly<Record<TimelineMark, Cell>> = {none: cell('.', 'muted'), overlap: cell('!', 'warning'), start: cell(isLong(overview) ? letter.toUpperCase() : letter, 'accent')};
	const last = overview.runs.at(-1);
	const isAtWork = last !== undefined && !last.end;
	return joinCells(marks.map((mark, index) => index === 0 && isAtWork ? cell('*', 'running') : looks[mark]));
}

function axisRow(grid: TimelineGrid, span: TimelineSpan): Row {
	const cells: Cell[] = [cell(' '.repeat(2 + nameColumns + 1))];
	let at = 0;
	for (const {cell: start, text} of labelsOf(grid, span)) {
		cells.push(cell(' '.repeat(start - at)), cell(text, start === 0 ? 'accent' : 'muted'));
		at = start + text.length;
	}

	return row(...cells);
}

const kindWords: ReadonlyArray<readonly [kind: JobKind, word: string]> = [
	['backup', 'backup'], ['verify', 'verify'], ['prune', 'prune'], ['rotate', 'key'], ['monitor', 'monitor'], ['audit', 'audit'], ['report', 'report'],
];

/** What the letters mean, of those that there are. */
export function legendRow(jobs: readonly JobOverview[], marks: ReadonlyArray<readonly TimelineMark[]>, columns: number): Row {
	const entries = [
		...(jobs.some(({runs}) => runs.length > 0 && !runs.at(-1)!.end) ? ['* runs'] : []),
		...(marks.some(line => line.includes('overlap')) ? ['! overlap'] : []),
		...kindWords.flatMap(([kind, word]) => jobs.some(({job}) => job.kind === kind) ? [`${kindLetters[kind]} ${word}`, ...(kind === 'backup' && jobs.some(one => isLong(one)) ? ['B long'] : [])] : []),
	];
	const wide = entries.join(' '.repeat(3));
	return textRow(` ${wide.length < columns ? wide : entries.join('  ')}`, 'muted');
}

/** One line for each job that is seen, with hours or days above and the meaning of the letters below. */
export function timelineRows(jobs: readonly JobOverview[], cursor: number, {grid, span, marks, height, nowMs, columns, glyphs}: View & {
	readonly grid: TimelineGrid;
	readonly span: TimelineSpan;
	/** Of each job. */
	readonly marks: ReadonlyArray<readonly TimelineMark[]>;
	readonly height: number;
}): Row[] {
	const {start, end} = windowOf(jobs.length, cursor, Math.max(1, height - 2));
	return [
		axisRow(grid, span),
		...jobs.slice(start, end).map((overview, index): Row => {
			const isSelected = start + index === cursor;
			const [word, tone] = jobWord(overview, nowMs);
			const {name, isEnabled} = overview.job;
			return {isSelected, cells: [
				cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), fitCell(name, nameColumns, {tone: isEnabled ? 'strong' : 'muted'}), cell(' '),
				...lineCells(overview, marks[start + index]!), cell(' '), fitCell(word, wordColumns - 1, {tone}),
			]};
		}),
		legendRow(jobs, marks, columns),
	];
}

/** The same without a line, which would be read aloud dot by dot: when each job runs next. */
export function spokenRows(jobs: readonly JobOverview[], cursor: number, texts: readonly string[], nowMs: number): Row[] {
	return jobs.map((overview, index): Row => {
		const [word, tone]: readonly [string, Tone] = jobWord(overview, nowMs);
		return {isSelected: index === cursor, cells: [cell(`${overview.job.name}: ${word}, `, tone), cell(texts[index]!)]};
	});
}
