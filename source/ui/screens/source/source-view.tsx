import {Box} from 'ink';
import type {ReactNode} from 'react';
import {shortId} from '../../../engine/index.ts';
import {Panel} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {useCoarseNow, useSelector} from '../../hooks/use-selector.ts';
import {clampRow, listSources} from '../../model/selectors.ts';
import {formatAge} from '../../../text/format.ts';
import {positionText} from '../../scrolling.ts';
import {starterOf} from '../schedule/starter.ts';
import type {ScreenProps} from '../screen-props.ts';
import {detailRows, shownDetails} from './details.ts';
import {layOutSource} from './layout.ts';
import {snapshotsOf} from './snapshots-of.ts';
import {factRows, noSnapshots, snapshotRows} from './source-rows.ts';
import type {SourceScreen} from './state.ts';

/** One source: how it stands and why, its snapshots, and the one at the cursor. */
export function SourceView({screen, width, height}: ScreenProps<SourceScreen>): ReactNode {
	const overview = useSelector(state => state.overview);
	const list = useSelector(state => state.snapshots);
	const jobs = useSelector(state => state.jobs);
	const main = useSelector(state => state.main);
	const nowMs = useCoarseNow();
	const {glyphs} = useTheme();
	const listed = listSources({jobs, main: {...main, filter: ''}, ...(overview && {overview})}).find(({source}) => source.name === screen.name && source.host === screen.host);
	const snapshots = snapshotsOf({...(list && {snapshots: list})}, screen);
	const cursor = clampRow(screen.cursor, snapshots.length);
	const snapshot = snapshots[cursor];
	const alerts = (overview?.alerts ?? []).filter(({key, object, acknowledged}) => acknowledged === undefined && (object === screen.name || key.endsWith(`/${screen.name}`)));
	const {left, side} = layOutSource(width);
	const facts = listed ? factRows(listed.source, alerts, snapshots, {nowMs, columns: left - 2, glyphs, starter: overview?.schedule && starterOf(overview.schedule, nowMs)}) : [];
	const factLines = Math.min(facts.length + 2, Math.floor(height / 2));
	const lines = height - factLines;
	const {detailsFrom} = screen;
	const isOnDetails = detailsFrom !== undefined;
	const position = positionText(snapshots.length, cursor, lines - 3);
	const view = {nowMs, columns: left - 2, glyphs, cursor, marked: screen.marked, height: lines - 2, verifications: list?.verifications};
	const rows = snapshots.length === 0 ? [noSnapshots(list !== undefined)] : snapshotRows(snapshots, view);
	const last = listed?.source.lastSuccess;
	const word = listed?.word ?? '';
	const details = (columns: number): ReactNode => <Panel
		title={`Snapshot ${snapshot ? shortId(snapshot.id) : ''}`} width={columns} height={height} isFocused={isOnDetails}
		rows={snapshot ? shownDetails(detailRows(snapshot, columns - 2), {from: detailsFrom ?? 0, height: height - 2, way: isOnDetails ? 'j goes on' : 'Tab goes there'}) : []}
		{...(isOnDetails && {foot: 'Tab goes back to the list'})}
	/>;

	if (isOnDetails && side === 0) {
		return details(width);
	}

	return <Box width={width} height={height}>
		<Box flexDirection='column'>
			<Panel title={`${screen.name}: ${word}, ${last === undefined ? 'never backed up' : `last good ${formatAge(last, nowMs)}`}`} rows={facts} width={left} height={factLines}/>
			<Panel
				title={`Snapshots ${snapshots.length}`} width={left} height={lines} isFocused={!isOnDetails}
				rows={rows}
				{...(position !== undefined && {foot: position})}
			/>
		</Box>
		{side > 0 && details(side)}
	</Box>;
}
