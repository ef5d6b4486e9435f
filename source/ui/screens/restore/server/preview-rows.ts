import type {LoadedDatabase, LoadSummary} from '../../../../engine/index.ts';
import {formatAmount, formatBytes} from '../../../../text/format.ts';
import {cell, fitCell, row, textRow, wrapText, type Row, type Tone} from '../../../row.ts';
import {windowOf} from '../../../scrolling.ts';
import type {Glyphs} from '../../../theme.ts';
import {actionOf, fullOnes, type LoadAction} from './inspection.ts';
import {overwriteText} from './server-rows.ts';
import type {ServerTarget} from './server-target.ts';

const looks: Readonly<Record<LoadAction, {readonly mark: string; readonly word: string; readonly tone: Tone}>> = {
	create: {mark: '+', word: 'new', tone: 'ok'},
	fill: {mark: '+', word: 'empty', tone: 'ok'},
	replace: {mark: '!', word: 'replaced', tone: 'warning'},
	refuse: {mark: 'x', word: 'refused', tone: 'critical'},
};

type View = {readonly columns: number; readonly height: number; readonly glyphs: Glyphs};

const existingText = ({existing}: LoadedDatabase): string => existing === undefined || existing.objects === 0 ? '' : `has ${formatAmount(existing.objects, 'object')}, ${formatAmount(existing.tables, 'table')}`;

/** Which server, how much, and under which conditions. */
export function serverFactRows({server, databases, bytes}: LoadSummary, target: ServerTarget, columns: number): Row[] {
	const {url, overwrite, hasChecksums, passwordFile} = target;
	const fact = (name: string, text: string, tone: Tone = 'plain'): Row => row(fitCell(` ${name}`, 11, {tone: 'muted'}), fitCell(text, Math.max(8, columns - 11), {tone}));
	return [
		fact('into', server, 'strong'),
		fact('', `${url}${passwordFile === undefined ? '' : `, password in ${passwordFile}`}`),
		fact('loads', `${formatAmount(databases.length, 'database')}, ${formatAmount(databases.reduce((sum, {tables}) => sum + tables, 0), 'table')}, ${formatBytes(bytes)}`),
		fact('existing', `${overwrite}: ${overwriteText(overwrite)}`),
		fact('compares', hasChecksums ? 'the number and a checksum of the rows of every table' : 'the number of the rows of every table'),
	];
}

/** The databases around the cursor, each with what would become of it. */
export function databaseRows({databases}: LoadSummary, target: ServerTarget, cursor: number, {columns, height, glyphs}: View): Row[] {
	const {start, end} = windowOf(databases.length, cursor, height);
	return databases.slice(start, end).map((database, index): Row => {
		const isSelected = start + index === cursor;
		const {name, into, bytes} = database;
		const {mark, word, tone} = looks[actionOf(database, target)];
		const existing = existingText(database);
		const room = Math.max(4, columns - 24 - (existing === '' ? 0 : 28));
		return {isSelected, cells: [
			cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), cell(`${mark} `, tone), fitCell(word, 10, {tone}),
			fitCell(into === name ? name : `${name} as ${into}`, room, {tone: 'strong'}), ...(existing === '' ? [] : [fitCell(existing, 28, {tone})]), fitCell(formatBytes(bytes), 9, {align: 'right'}),
		]};
	});
}

/** The question that the preview is. */
export function loadQuestionRows(summary: LoadSummary, {overwrite}: ServerTarget, columns: number): Row[] {
	const full = fullOnes(summary);
	const back = row(cell(' n', 'key'), cell(' or Esc goes back, '), cell('o', 'key'), cell(' changes what happens to a database that has something.'));
	if (full.length === 0) {
		return [row(cell(' y', 'key'), cell(' loads this. Nothing that is there is replaced.')), back];
	}

	if (overwrite === 'always') {
		return [row(cell(' y', 'key'), cell(' asks for the name of the source, as all that is there is replaced.', 'warning')), back];
	}

	return [...wrapText(`${full.length === 1 ? `"${full[0]!.into}" is` : `${full.length} databases are`} not empty: nothing is loaded.`, columns - 2, 1).map(line => textRow(` ${line}`, 'critical')), back];
}
