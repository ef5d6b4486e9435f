import {Box, Text, useIsScreenReaderEnabled} from 'ink';
import type {ReactNode} from 'react';
import {displayWidth, toSafeText, truncateText} from '../../text/display-text.ts';
import {emptyRow, fitCells, type Row} from '../row.ts';
import type {Theme} from '../theme.ts';
import {Line, Pieces, toAscii} from './line.tsx';
import {useTheme} from './theme-context.ts';

export type PanelProps = {
	readonly title: string;
	/** At the right end of the upper edge. */
	readonly status?: string;
	/** At the right end of the lower edge, such as where a list stands. */
	readonly foot?: string;
	/** What does not fit is left out. */
	readonly rows: readonly Row[];
	/** Columns and lines of the whole, with its frame. */
	readonly width: number;
	readonly height: number;
	/** @default false */
	readonly isFocused?: boolean;
	/** Old data. @default false */
	readonly isDimmed?: boolean;
};

/** An edge of a frame with texts in it, which may hold anything. */
export function edge({glyphs}: Theme, width: number, {isTop, isFocused, left = '', right = ''}: {readonly isTop: boolean; readonly isFocused: boolean; readonly left?: string; readonly right?: string}): string {
	const {corners, horizontal: line} = isFocused ? glyphs.focused : glyphs;
	const [start, end] = isTop ? [corners[0], corners[1]] : [corners[2], corners[3]];
	const room = width - 4;
	const shown = (text: string, columns: number): string => {
		const cut = columns > 0 ? truncateText(toSafeText(text), columns) : '';
		return glyphs.vertical === '|' ? toAscii(cut) : cut;
	};

	const rightText = right === '' || room < 12 ? '' : ` ${shown(right, room - 8)} ${line}`;
	const leftText = left === '' || room < 4 ? '' : `${line}[${shown(left, room - displayWidth(rightText) - 2)}]`;
	return start + leftText + line.repeat(Math.max(0, width - 2 - displayWidth(leftText) - displayWidth(rightText))) + rightText + end;
}

/** A framed pane that is always `height` lines of `width` columns. For a screen reader only its texts. */
export function Panel({title, status, foot, rows, width, height, isFocused = false, isDimmed = false}: PanelProps): ReactNode {
	const theme = useTheme();
	const isRead = useIsScreenReaderEnabled();
	if (isRead) {
		return <Box flexDirection='column'>
			<Text>{toSafeText(`${title}${status === undefined ? '' : `, ${status}`}`)}</Text>
			{rows.map(({cells, isSelected}, index) => <Text key={`${index}`}>{isSelected ? 'selected: ' : ''}{cells.map(({text}) => text).join('').replaceAll(/\s+/g, ' ').trim()}</Text>)}
			{foot !== undefined && <Text>{toSafeText(foot)}</Text>}
		</Box>;
	}

	const inner = Math.max(0, width - 2);
	const shown = Array.from({length: Math.max(0, height - 2)}, (_, index) => rows[index] ?? emptyRow);
	const {vertical} = isFocused ? theme.glyphs.focused : theme.glyphs;
	const frame = isFocused ? theme.looks.accent : theme.looks.muted;
	return <Box flexDirection='column' width={width} height={height} flexShrink={0} overflow='hidden'>
		<Text wrap='truncate' {...frame}>{edge(theme, width, {isTop: true, isFocused, left: title, ...(status !== undefined && {right: status})})}</Text>
		{shown.map(({cells, isSelected = false}, index) => <Text key={`${index}`} wrap='truncate' dimColor={isDimmed}>
			<Text {...frame}>{vertical}</Text>
			<Text inverse={isSelected && isFocused}><Pieces cells={fitCells(cells, inner)} isPlain={isSelected && isFocused}/></Text>
			<Text {...frame}>{vertical}</Text>
		</Text>)}
		<Text wrap='truncate' {...frame}>{edge(theme, width, {isTop: false, isFocused, ...(foot !== undefined && {right: foot})})}</Text>
	</Box>;
}

/** Lines without a frame. */
export function Lines({rows, width, height}: {readonly rows: readonly Row[]; readonly width: number; readonly height: number}): ReactNode {
	return <Box flexDirection='column' width={width} height={height} flexShrink={0} overflow='hidden'>
		{Array.from({length: height}, (_, index) => <Line key={`${index}`} width={width} {...(rows[index] ?? emptyRow)}/>)}
	</Box>;
}
