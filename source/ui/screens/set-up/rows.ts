import {describePlace, type Source} from '../../../engine/index.ts';
import {formatCount} from '../../../text/format.ts';
import {cell, emptyRow, fitCell, row, textRow, wrapText, type Row} from '../../row.ts';
import {windowOf} from '../../scrolling.ts';
import type {Glyphs} from '../../theme.ts';
import {fieldAtCursor, editableFields, type SetUpScreen} from './state.ts';

type View = {readonly columns: number; readonly height: number; readonly glyphs: Glyphs};

const wrapped = (text: string, columns: number, tone: Parameters<typeof textRow>[1]): Row[] => wrapText(text, columns - 2).map(line => textRow(` ${line}`, tone));

/** What this is about: the first words, or what goes on, or what stood in the way. */
function headRows({isCreating, problem}: SetUpScreen, columns: number): Row[] {
	if (isCreating) {
		return wrapped('Creating the repository, the key file and the configuration…', columns, 'running');
	}

	if (problem !== undefined) {
		return [
			...wrapped(`It could not be created: ${problem}`, columns, 'critical').slice(0, 8),
			...wrapped('Change it with e, or remove what stands in the way, and press Enter again.', columns, 'plain'),
		];
	}

	return wrapped('There is no configuration on this machine yet. Enter creates what you see here, and begins with the first backup; until then nothing is written.', columns, 'plain');
}

/** What will be created: where, and what it is for. */
function fieldRows(screen: SetUpScreen, {glyphs}: View, isExplained: boolean): Row[] {
	const {repository, keyFile, configFile} = screen;
	const selected = fieldAtCursor(screen);
	const fields = [
		['repository', 'Repository', repository, 'Holds all backups, encrypted. Best on another disk, or on a mounted one.'],
		['keyFile', 'Key file', keyFile, 'Without it nobody can read the backups: copy it to another place.'],
		[undefined, 'Configuration', configFile, 'Names the sources, and where the other two are. Holds no secret.'],
	] as const;
	return fields.flatMap(([field, label, file, explanation]) => {
		const isSelected = field !== undefined && field === selected;
		return [
			{isSelected, cells: [cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), fitCell(label, 15, {tone: 'muted'}), cell(file, 'strong')]},
			...(isExplained ? [textRow(`    ${explanation}`, 'muted')] : []),
		];
	});
}

type SourceLook = {readonly isChosen: boolean; readonly isSelected: boolean; readonly nameColumns: number; readonly kindColumns: number; readonly note: string | undefined; readonly glyphs: Glyphs};

function sourceRow(source: Source, {isChosen, isSelected, nameColumns, kindColumns, note, glyphs}: SourceLook): Row {
	const excludes = source.kind === 'files' ? source.excludes ?? [] : [];
	return {isSelected, cells: [
		cell(isSelected ? `${glyphs.cursor} ` : '  ', 'accent'), cell(isChosen ? '[x] ' : '[ ] ', isChosen ? 'ok' : 'muted'),
		fitCell(source.name, nameColumns, {tone: 'strong'}), cell('  '), ...(kindColumns > 0 ? [fitCell(source.kind, kindColumns, {tone: 'muted'})] : []), cell(describePlace(source)),
		...(excludes.length > 0 ? [cell(`, without ${excludes.join(', ')}`, 'muted')] : []), ...(note === undefined ? [] : [cell(`; ${note}`, 'muted')]),
	]};
}

function sourceRows({sources, notes, chosen, cursor}: SetUpScreen, {glyphs}: View, height: number): Row[] {
	const nameColumns = Math.min(24, Math.max(6, ...sources.map(({name}) => name.length)));
	const kindColumns = sources.every(({kind}) => kind === 'files') ? 0 : Math.max(...sources.map(({kind}) => kind.length)) + 2;
	const at = cursor - editableFields.length;
	const {start, end} = windowOf(sources.length, Math.max(0, at), height);
	return sources.slice(start, end).map((source, index) => sourceRow(source, {
		isChosen: chosen.includes(source.name), isSelected: start + index === at, nameColumns, kindColumns, note: notes.get(source.name), glyphs,
	}));
}

/** All of the screen; where there is little room, without explanations, so that the cursor is always seen. */
export function setUpRows(screen: SetUpScreen, view: View): Row[] {
	const {columns, height} = view;
	const {sources, chosen} = screen;
	const head = headRows(screen, columns);
	const title = row(cell(' Sources', 'title'), cell(`  ${formatCount(chosen.length)} of ${formatCount(sources.length)} marked`, 'muted'));
	const list = (room: number): Row[] => sources.length === 0 ? wrapped('No folder that usually matters was found here: + adds one.', columns, 'warning') : sourceRows(screen, view, Math.max(1, room));
	const full = [...head, emptyRow, ...fieldRows(screen, view, true), emptyRow, title];
	if (height - full.length >= Math.min(3, sources.length)) {
		return [...full, ...list(height - full.length)];
	}

	const short = [...fieldRows(screen, view, false), title];
	const room = Math.min(sources.length, Math.max(1, height - short.length - 1));
	return [...head.slice(0, Math.max(0, height - short.length - room)), ...short, ...list(room)].slice(0, height);
}
