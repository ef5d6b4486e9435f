import {Box} from 'ink';
import type {ReactNode} from 'react';
import {shortId} from '../../../../engine/index.ts';
import {formatAmount} from '../../../../text/format.ts';
import {Panel} from '../../../components/panel.tsx';
import {useTheme} from '../../../components/theme-context.ts';
import {useCoarseNow, useSelector} from '../../../hooks/use-selector.ts';
import {textRow} from '../../../row.ts';
import {positionText} from '../../../scrolling.ts';
import type {ScreenProps} from '../../screen-props.ts';
import {snapshotIndex, snapshotOf, type RestoreScreen} from '../state.ts';
import {snapshotFacts, snapshotHeadings, snapshotRows} from './snapshot-rows.ts';

/** The first step: which snapshot. */
export function SnapshotsView({screen, width, height}: ScreenProps<RestoreScreen>): ReactNode {
	const verifications = useSelector(state => state.snapshots?.verifications) ?? new Map();
	const nowMs = useCoarseNow();
	const {glyphs} = useTheme();
	const {snapshots, name} = screen;
	const cursor = snapshotIndex(screen);
	const factLines = height >= 16 ? 5 : 0;
	const lines = Math.max(0, height - factLines - 3);
	const position = positionText(snapshots.length, cursor, lines);
	const rows = [snapshotHeadings(), ...snapshotRows(snapshots, cursor, {columns: width - 2, glyphs, nowMs, verifications, height: lines})];
	return <Box flexDirection='column' width={width} height={height}>
		<Panel
			title={`${name}: ${formatAmount(snapshots.length, 'snapshot')}, the newest first`} status='3: from 3 days ago' rows={rows} width={width} height={height - factLines} isFocused
			{...(position !== undefined && {foot: position})}
		/>
		{factLines > 0 && <Panel title={`Snapshot ${shortId(snapshotOf(screen).id)}`} rows={[...snapshotFacts(snapshotOf(screen), width - 2), textRow('')]} width={width} height={factLines}/>}
	</Box>;
}
