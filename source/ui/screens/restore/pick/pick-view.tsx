import {Box} from 'ink';
import type {ReactNode} from 'react';
import {shortId} from '../../../../engine/index.ts';
import {formatAge, formatTime} from '../../../../text/format.ts';
import {Panel} from '../../../components/panel.tsx';
import {useTheme} from '../../../components/theme-context.ts';
import {useCoarseNow} from '../../../hooks/use-selector.ts';
import {textRow, wrapText, type Row} from '../../../row.ts';
import {positionText} from '../../../scrolling.ts';
import type {ScreenProps} from '../../screen-props.ts';
import {nameOf} from '../path-key.ts';
import {snapshotIndex, snapshotOf, type RestoreScreen} from '../state.ts';
import {detailRows} from './detail-rows.ts';
import {aroundList, layOutPick, stepLines} from './layout.ts';
import {cursorIndex, rowAtCursor, type Picking} from './picking.ts';
import {selectionRows, selectionText} from './selection-rows.ts';
import {rowsOf, type Tree} from './tree.ts';
import {treeHeadings, treeRows} from './tree-rows.ts';

/** What of the tree is shown: the filter, and what is hidden. */
function statusOf(tree: Tree): string {
	const {search, isHiddenShown} = tree;
	const {hidden} = rowsOf(tree);
	const found = search?.status === 'found' ? `: ${search.isCut ? `the first ${search.entries.length}` : search.entries.length}` : '';
	return [search ? `find "${search.text}"${found}` : '', isHiddenShown ? '' : `${hidden} hidden (.)`].filter(Boolean).join('  ');
}

function selectionPanelRows({marks}: Picking, columns: number, lines: number): Row[] {
	return marks.size > 0
		? selectionRows(marks, columns, lines)
		: wrapText('Space marks; n goes on with what is marked, or with the entry at the cursor.', columns - 2, lines).map(line => textRow(` ${line}`, 'muted'));
}

/** The second step: what of the snapshot. */
export function PickView({screen, width, height}: ScreenProps<RestoreScreen>): ReactNode {
	const {glyphs} = useTheme();
	const nowMs = useCoarseNow();
	const picking = screen.picking!;
	const {tree, details, selection} = layOutPick({columns: width, rows: height + stepLines});
	const snapshot = snapshotOf(screen);
	const at = rowAtCursor(picking);
	const lines = Math.max(0, tree.height - aroundList);
	const position = positionText(rowsOf(picking.tree).rows.length, cursorIndex(picking), lines);
	const status = statusOf(picking.tree);
	const rows = [treeHeadings({columns: tree.width - 2}), ...treeRows(picking, {columns: tree.width - 2, height: lines, glyphs})];
	const order = screen.snapshots.length > 1 ? `, ${snapshotIndex(screen) + 1} of ${screen.snapshots.length}` : '';
	return <Box flexDirection='column' width={width} height={height}>
		<Box width={width} height={tree.height}>
			<Panel
				title={`${shortId(snapshot.id)} ${formatTime(snapshot.time)}, ${formatAge(snapshot.time, nowMs)}${order}`} rows={rows} width={tree.width} height={tree.height} isFocused
				{...(status !== '' && {status})} {...(position !== undefined && {foot: position})}
			/>
			{details.width > 0 && <Panel
				title={at?.kind === 'entry' ? nameOf(at.entry) : '-'} width={details.width} height={details.height}
				rows={at?.kind === 'entry' ? detailRows(at.entry, picking, snapshot, details.width - 2) : (at?.isFailure ? wrapText(at.text, details.width - 4).map(line => textRow(` ${line}`, 'critical')) : [])}
			/>}
		</Box>
		{selection.height > 0 && <Panel
			title={picking.marks.size > 0 ? selectionText(picking.marks, picking) : 'Nothing marked'} rows={selectionPanelRows(picking, width - 2, selection.height - 2)}
			width={width} height={selection.height}
		/>}
	</Box>;
}
