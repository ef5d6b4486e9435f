import type {ReactNode} from 'react';
import {Panel} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {textRow, wrapText} from '../../row.ts';
import {positionText} from '../../scrolling.ts';
import type {ScreenProps} from '../screen-props.ts';
import {chosenText, emptyLogText, logRows} from './rows.ts';
import {cursorRow, listLines, type LogScreen} from './state.ts';

/** The logs, as they grow. */
export function LogView({screen, width, height}: ScreenProps<LogScreen>): ReactNode {
	const {glyphs} = useTheme();
	const {folder, problem, isFollowing} = screen;
	const listed = listLines(screen);
	const columns = width - 2;
	const problemRows = problem === undefined ? [] : wrapText(problem, columns - 2).map(line => textRow(` ${line}`, 'warning'));
	const room = height - 2 - problemRows.length;
	const rows = logRows(listed, screen, {columns, height: room, glyphs});
	const empty = listed.length === 0 && problem === undefined ? wrapText(emptyLogText(screen), columns - 2).map(line => textRow(` ${line}`, 'muted')) : [];
	const position = positionText(listed.length, cursorRow(listed, screen), room);
	return <Panel
		isFocused width={width} height={height} title={`Logs ${folder}`} rows={[...problemRows, ...rows, ...empty]}
		status={[...chosenText(screen), isFollowing ? 'following' : 'staying, f follows'].join('  ')} {...(position !== undefined && {foot: position})}
	/>;
}
