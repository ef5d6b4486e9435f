import {Box} from 'ink';
import type {ReactNode} from 'react';
import {Panel} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {clampRow} from '../../model/selectors.ts';
import {emptyRow, textRow, wrapText, type Row} from '../../row.ts';
import {positionText} from '../../scrolling.ts';
import type {ScreenProps} from '../screen-props.ts';
import {changeRows, countRows, detailRows, emptyDiffText, snapshotText} from './rows.ts';
import {listChanges, type DiffScreen} from './state.ts';

/** From here on the entry at the cursor is described beside the list. */
const wideColumns = 110;

/** The comparison of two snapshots: counts, and the entries that differ. */
export function DiffView({screen, width, height}: ScreenProps<DiffScreen>): ReactNode {
	const {glyphs} = useTheme();
	const {comparison, from, to, filter, problem} = screen;
	const listed = listChanges(screen);
	const cursor = clampRow(screen.cursor, listed.length);
	const detailWidth = width >= wideColumns ? Math.min(64, Math.floor(width / 3)) : 0;
	const listWidth = width - detailWidth;
	const head: Row[] = comparison ? [...countRows(comparison, listWidth - 2), emptyRow] : [];
	const listHeight = height - 2 - head.length;
	const empty = listed.length === 0 ? wrapText(emptyDiffText(screen), listWidth - 4).map(line => textRow(` ${line}`, problem === undefined ? 'muted' : 'critical')) : [];
	const position = positionText(listed.length, cursor, listHeight);
	const selected = listed[cursor];
	return <Box width={width} height={height}>
		<Panel
			isFocused width={listWidth} height={height} title={`${to.source}: ${snapshotText(from)} -> ${snapshotText(to)}`}
			rows={[...head, ...changeRows(listed, cursor, {columns: listWidth - 2, height: listHeight, glyphs}), ...empty]}
			{...(filter !== '' && {status: `filter: ${filter}`})} {...(position !== undefined && {foot: position})}
		/>
		{detailWidth > 0 && <Panel title='Entry' rows={selected ? detailRows(selected, detailWidth - 2) : []} width={detailWidth} height={height}/>}
	</Box>;
}
