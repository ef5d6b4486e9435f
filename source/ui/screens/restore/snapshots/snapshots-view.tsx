import {Box} from 'ink';
import type {ReactNode} from 'react';
import {shortId} from '../../../../engine/index.ts';
import {formatAmount} from '../../../../text/format.ts';
import {Panel} from '../../../components/panel.tsx';
import {useTheme} from '../../../components/theme-context.ts';
import {useCoarseNow, useSelector} from '../../../hooks/use-selector.ts';
import {positionText} from '../../../scrolling.ts';
import type {ScreenProps} from '../../screen-props.ts';
import {detailRows, shownDetails} from '../../source/details.ts';
import {snapshotRows} from '../../source/source-rows.ts';
import {snapshotIndex, snapshotOf, type RestoreScreen} from '../state.ts';
import {snapshotSummary} from './snapshot-summary.ts';

/** From so many columns on everything about the snapshot stands beside the list. */
const wideColumns = 130;

/** The first step: which snapshot. */
export function SnapshotsView({screen, width, height}: ScreenProps<RestoreScreen>): ReactNode {
	const verifications = useSelector(state => state.snapshots?.verifications);
	const nowMs = useCoarseNow();
	const {glyphs} = useTheme();
	const {snapshots, name} = screen;
	const snapshot = snapshotOf(screen);
	const cursor = snapshotIndex(screen);
	const isWide = width >= wideColumns;
	const beside = isWide ? 48 : 0;
	const below = !isWide && height >= 16 ? 5 : 0;
	const lines = Math.max(0, height - below - 2);
	const position = positionText(snapshots.length, cursor, lines - 1);
	const columns = width - beside - 2;
	const title = `Snapshot ${shortId(snapshot.id)}`;
	return <Box flexDirection={isWide ? 'row' : 'column'} width={width} height={height}>
		<Panel
			title={`${name}: ${formatAmount(snapshots.length, 'snapshot')}, the newest first`} status='3: from 3 days ago'
			rows={snapshotRows(snapshots, {cursor, marked: undefined, height: lines, verifications, nowMs, columns, glyphs})} width={width - beside} height={height - below} isFocused
			{...(position !== undefined && {foot: position})}
		/>
		{beside > 0 && <Panel title={title} rows={shownDetails(detailRows(snapshot, beside - 2), {height: height - 2, way: 'the screen of the source has them'})} width={beside} height={height}/>}
		{below > 0 && <Panel title={title} rows={snapshotSummary(snapshot, width - 2, nowMs)} width={width} height={below}/>}
	</Box>;
}
