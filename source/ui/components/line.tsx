import {Text} from 'ink';
import type {ReactNode} from 'react';
import {displayWidth} from '../../text/display-text.ts';
import {fitCells, type Cell} from '../row.ts';
import {useTheme} from './theme-context.ts';

/** What a terminal without Unicode shows of a text: the same width, with a mark for each character that it cannot show. */
export function toAscii(text: string): string {
	return /^[\u0020-\u007E]*$/.test(text)
		? text
		: [...text].map(character => {
			if (character === '…') {
				return '~';
			}

			return character > '~' ? '?'.repeat(displayWidth(character)) : character;
		}).join('');
}

type LineProps = {
	readonly cells: readonly Cell[];
	/** Columns. */
	readonly width: number;
	/** The cursor stands here. @default false */
	readonly isSelected?: boolean;
};

/** One line of exactly `width` columns. */
export function Line({cells, width, isSelected = false}: LineProps): ReactNode {
	return <Text wrap='truncate' inverse={isSelected}><Pieces cells={fitCells(cells, width)} isPlain={isSelected}/></Text>;
}

/** The pieces of a line, each in its look; inside a `Text`. */
/** @param props.isPlain - In one look, as on an inverse line, where colours would stand as blocks. @default false */
export function Pieces({cells, isPlain = false}: {readonly cells: readonly Cell[]; readonly isPlain?: boolean}): ReactNode {
	const {looks, glyphs} = useTheme();
	const isAscii = glyphs.vertical === '|';
	// The order of the pieces is what tells them apart.
	return cells.map(({text, tone = 'plain', isCursor = false}, index) => <Text key={`${index}`} {...(isPlain ? looks.strong : looks[tone])} inverse={isCursor}>{isAscii ? toAscii(text) : text}</Text>);
}
