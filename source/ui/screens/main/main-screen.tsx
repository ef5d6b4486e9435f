import {Box, useIsScreenReaderEnabled} from 'ink';
import {createElement, type ReactNode} from 'react';
import {staleDataMs} from '../../components/header.tsx';
import {useSelector} from '../../hooks/use-selector.ts';
import {layOut, type Place, type Wishes} from '../../layout.ts';
import type {DashboardState, PaneId} from '../../model/state.ts';
import {AlertsPane} from '../../panes/alerts.tsx';
import {BackupsPane} from '../../panes/backups.tsx';
import {JobsPane} from '../../panes/jobs.tsx';
import {KeysPane} from '../../panes/keys.tsx';
import type {PaneProps} from '../../panes/pane.ts';
import {StoragePane} from '../../panes/storage.tsx';

const panes: Readonly<Record<PaneId, (props: PaneProps) => ReactNode>> = {backups: BackupsPane, keys: KeysPane, storage: StoragePane, alerts: AlertsPane, jobs: JobsPane};

function wishesOf(overview: DashboardState['overview']): Wishes {
	return {
		backups: Math.max(1, overview?.sources.length ?? 1),
		alerts: Math.max(1, overview?.alerts.length ?? 1),
		keys: overview ? overview.keys.epochs.length + overview.keys.keys.length + 2 : 4,
		storage: overview ? overview.storage.length * 3 + 1 : 4,
	};
}

/** The panes of the main screen. */
export function MainScreen({width, height}: {readonly width: number; readonly height: number}): ReactNode {
	const {focus, isZoomed} = useSelector(state => state.main);
	const overview = useSelector(state => state.overview);
	const isDimmed = useSelector(({link, overviewMs, nowMs}) => link.status === 'offline' || (overviewMs !== undefined && nowMs - overviewMs >= staleDataMs));
	// Side by side would be read as one line.
	const direction = useIsScreenReaderEnabled() ? 'column' : 'row';
	const layout = layOut({columns: width, rows: height}, wishesOf(overview), {focus, isZoomed});
	const draw = ({pane, ...place}: Place) => createElement(panes[pane], {...place, key: pane, isFocused: pane === focus, isDimmed});

	return <Box flexDirection={direction} width={width} height={height}>
		{layout.map((column, index) => <Box key={`${index}`} flexDirection='column'>
			{column.map(places => <Box key={places[0]!.pane} flexDirection={direction}>{places.map(place => draw(place))}</Box>)}
		</Box>)}
	</Box>;
}
