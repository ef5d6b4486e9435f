import {Box, Text} from 'ink';
import type {PropsWithChildren, ReactNode} from 'react';
import {Table} from './ink-table.ts';
import {useTheme} from './theme-context.ts';

/** Lines that a table takes besides its rows. */
const frameLines = 4;

/** What the frame is drawn with on a terminal without Unicode. */
const asciiEdges: Readonly<Record<string, string>> = {'─': '-', '│': '|'};

/** Lines of a table of so many rows. */
export const tableLines = (rowCount: number): number => rowCount + frameLines;

export type Report = ReadonlyArray<Readonly<Record<string, string>>>;

/** A short report as a table: one column for each name, at most a handful of rows, all with the same names. Texts are the program's own. */
export function ReportTable({report}: {readonly report: Report}): ReactNode {
	const {glyphs, looks} = useTheme();
	const isAscii = glyphs.vertical === '|';
	const skeleton = ({children}: PropsWithChildren) => <Text {...looks.muted}>{isAscii && typeof children === 'string' ? children.replaceAll(/[^\n ]/g, edge => asciiEdges[edge] ?? '+') : children}</Text>;
	const header = ({children}: PropsWithChildren) => <Text {...looks.muted}>{children}</Text>;
	const cell = ({children}: PropsWithChildren) => <Text>{children}</Text>;

	return <Box flexDirection='column' height={tableLines(report.length)} flexShrink={0}>
		<Table data={report.map(line => ({...line}))} skeleton={skeleton} header={header} cell={cell}/>
	</Box>;
}
