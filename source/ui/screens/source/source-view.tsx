import {Box} from 'ink';
import type {ReactNode} from 'react';
import {Panel} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {useCoarseNow, useSelector} from '../../hooks/use-selector.ts';
import {clampRow, listSources} from '../../model/selectors.ts';
import {formatSpan} from '../../../text/format.ts';
import {positionText} from '../../scrolling.ts';
import type {ScreenProps} from '../screen-props.ts';
import {snapshotsOf} from './snapshots-of.ts';
import {factRows, noSnapshots, snapshotFacts, snapshotRows} from './source-rows.ts';
import type {SourceScreen} from './state.ts';

/** From so many columns on the snapshot at the cursor is described at the side. */
const sideFrom = 110;
const sideColumns = 44;

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
	const side = width >= sideFrom ? Math.max(sideColumns, Math.floor(width / 3)) : 0;
	const left = width - side;
	const facts = listed ? factRows(listed.source, alerts, snapshots[0]?.paths ?? [], {nowMs, columns: left - 2, glyphs}) : [];
	const factLines = Math.min(facts.length + 2, Math.floor(height / 2));
	const lines = height - factLines;
	const position = positionText(snapshots.length, cursor, lines - 3);
	const view = {nowMs, columns: left - 2, glyphs, cursor, marked: screen.marked, height: lines - 2, verifications: list?.verifications};
	const rows = snapshots.length === 0 ? [noSnapshots(list !== undefined)] : snapshotRows(snapshots, view);
	const last = listed?.source.lastSuccess;
	const word = listed?.word ?? '';
	return <Box width={width} height={height}>
		<Box flexDirection='column'>
			<Panel title={`${screen.name}: ${word}, ${last === undefined ? 'never backed up' : `last good ${formatSpan(nowMs - Date.parse(last))} ago`}`} rows={facts} width={left} height={factLines}/>
			<Panel
				title={`Snapshots ${snapshots.length}`} width={left} height={lines} isFocused
				rows={rows}
				{...(position !== undefined && {foot: position})}
			/>
		</Box>
		{side > 0 && <Panel title={`Snapshot ${snapshot?.id.slice(0, 8) ?? ''}`} rows={snapshot ? snapshotFacts(snapshot, side - 2) : []} width={side} height={height}/>}
	</Box>;
}
