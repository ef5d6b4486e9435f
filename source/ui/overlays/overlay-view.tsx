import {Box} from 'ink';
import type {ReactNode} from 'react';
import {Panel} from '../components/panel.tsx';
import {useTheme} from '../components/theme-context.ts';
import type {Dashboard} from '../dashboard.ts';
import {createLine, type LineEdit} from '../line-edit.ts';
import type {Overlay} from '../model/overlay.ts';
import type {Size} from '../model/state.ts';
import {cell, emptyRow, row, textRow, wrapText, type Cell, type Row} from '../row.ts';
import type {Glyphs} from '../theme.ts';
import {depthTexts} from '../work.ts';
import {currentScreenKind} from '../screens/registry.ts';
import {helpLines, helpRows} from './help-rows.ts';
import {messageRows} from './message-rows.ts';
import {overlayColumns} from './overlay-columns.ts';
import {paletteRows} from './palette-rows.ts';
import {verifyDepths} from './press-overlay-key.ts';

/** A line that is being typed, with its cursor, so cut that the cursor is seen. */
export function lineCells({text, cursor}: LineEdit, columns: number): Cell[] {
	const characters = [...text, ' '];
	const start = Math.max(0, cursor - columns + 1);
	return [
		cell(characters.slice(start, cursor).join('')),
		{...cell(characters[cursor] ?? ' ', 'plain'), isCursor: true},
		cell(characters.slice(cursor + 1, start + columns).join('')),
	];
}

type Content = {readonly title: string; readonly rows: readonly Row[]; readonly foot: string};

function contentOf(dashboard: Dashboard, overlay: Overlay, {columns, rows: height}: Size, glyphs: Glyphs): Content | undefined {
	const inner = columns - 4;
	const wrapped = (lines: readonly string[]): Row[] => lines.flatMap(line => wrapText(line, inner)).map(line => textRow(` ${line}`));
	switch (overlay.kind) {
		// Seen in the status line, so that the list stays in sight.
		case 'filter': {
			return undefined;
		}

		case 'prompt': {
			const examined = overlay.examine?.(overlay.line.text);
			const flaw = overlay.problem ?? examined?.problem;
			const problem = flaw === undefined ? [] : wrapText(flaw, inner).map(line => textRow(` ${line}`, 'warning'));
			return {title: overlay.title, rows: [...wrapped([overlay.hint]), row(cell(' > ', 'accent'), ...lineCells(overlay.line, inner - 3)), ...problem, ...wrapped(examined?.notes ?? [])], foot: 'Enter takes it  Esc cancels'};
		}

		case 'confirm': {
			return {title: overlay.title, rows: [...wrapped(overlay.lines), emptyRow, row(cell(' y', 'key'), cell(' yes   '), cell('n', 'key'), cell(' no (default)'))], foot: 'y goes on  any other key does not'};
		}

		case 'typed': {
			const problem = overlay.problem === undefined ? [] : [textRow(` ${overlay.problem}`, 'warning')];
			return {title: overlay.title, rows: [
				...wrapped(overlay.lines), emptyRow, row(cell(' To go on, type '), cell(overlay.word, 'strong'), cell(' and Enter:')), row(cell(' > ', 'accent'), ...lineCells(overlay.line, inner - 3)), ...problem,
			], foot: 'Esc cancels'};
		}

		case 'secret': {
			const problem = overlay.problem === undefined ? [] : wrapText(overlay.problem, inner).map(line => textRow(` ${line}`, 'warning'));
			const line = overlay.input.draw(overlay.isShown);
			return {title: overlay.title, rows: [...wrapped(overlay.lines), emptyRow, row(cell(' > ', 'accent'), ...lineCells(createLine(line), inner - 3)), ...problem], foot: `Enter takes it  Tab ${overlay.isShown ? 'hides' : 'shows'} it  Esc cancels`};
		}

		case 'verify': {
			return {title: `Verify ${overlay.subject}`, rows: verifyDepths.map((depth): Row => ({
				isSelected: depth === overlay.depth, cells: [cell(depth === overlay.depth ? ' (*) ' : ' ( ) '), cell(depth.padEnd(8), 'strong'), cell(depthTexts[depth])],
			})), foot: 'Enter starts  j k choose  Esc cancels'};
		}

		case 'help': {
			const screen = currentScreenKind(dashboard.state);
			const {rows, offset, lastOffset} = helpRows(screen, {query: overlay.query.text, offset: overlay.offset}, {columns: inner, height: helpLines(height)});
			const position = lastOffset === 0 ? '' : `${offset + rows.length}/${lastOffset + rows.length}  Up Down scroll  `;
			return {title: `Help: ${screen.replace('-', ' ')} screen`, rows, foot: `search: ${overlay.query.text}_  ${position}Esc closes`};
		}

		case 'palette': {
			return {title: 'Command', rows: [row(cell(' : ', 'accent'), ...lineCells(overlay.line, inner - 3)), emptyRow, ...paletteRows(dashboard, overlay, {columns: inner, height: height - 6, glyphs})], foot: 'Tab completes  Up Down history  Enter runs  Esc closes'};
		}

		case 'leave': {
			return {title: 'Leave', rows: [...wrapped(['Jobs are running or waiting. They are stopped safely before coffer ends: what is stored already serves the next run.']), emptyRow, row(cell(' y', 'key'), cell(' stop them and leave   '), cell('n', 'key'), cell(' stay'))], foot: 'any other key stays'};
		}

		case 'message': {
			const {rows, offset, lastOffset} = messageRows(overlay, {columns, height});
			return {title: overlay.title, rows, foot: lastOffset === 0 ? 'any key closes' : `${offset + rows.length}/${lastOffset + rows.length}  j k scroll  Esc closes`};
		}
	}
}

/** What lies over the screen, in its middle. Every cell is written, so that nothing shines through. */
export function OverlayView({dashboard, overlay, width, height}: {readonly dashboard: Dashboard; readonly overlay: Overlay; readonly width: number; readonly height: number}): ReactNode {
	const {glyphs} = useTheme();
	const columns = overlayColumns(overlay, width);
	const content = contentOf(dashboard, overlay, {columns, rows: height}, glyphs);
	if (!content) {
		return undefined;
	}

	const {title, rows, foot} = content;
	const lines = Math.min(height, rows.length + 2);
	// What is asked for stands at the end: it is what has to be seen on a small terminal.
	const isQuestion = ['prompt', 'confirm', 'typed', 'secret', 'leave'].includes(overlay.kind);
	const shown = isQuestion ? rows.slice(Math.max(0, rows.length - Math.max(0, lines - 2))) : rows;
	const top = overlay.kind === 'message' && overlay.isHigh ? 0 : Math.max(0, Math.floor((height - lines) / 2));
	return <Box position='absolute' top={top} left={Math.max(0, Math.floor((width - columns) / 2))}>
		<Panel title={title} rows={shown} foot={foot} width={columns} height={lines} isFocused/>
	</Box>;
}
