import {Box} from 'ink';
import {createElement, type ReactNode} from 'react';
import {Line} from '../../components/line.tsx';
import type {ScreenProps} from '../screen-props.ts';
import {stepLines} from './pick/layout.ts';
import {PickView} from './pick/pick-view.tsx';
import {PreviewView} from './preview/preview-view.tsx';
import {RunView} from './run/run-view.tsx';
import {SnapshotsView} from './snapshots/snapshots-view.tsx';
import type {RestoreScreen, RestoreStep} from './state.ts';
import {stepsRow} from './steps-row.ts';
import {TargetView} from './target/target-view.tsx';

const views: Readonly<Record<RestoreStep, (props: ScreenProps<RestoreScreen>) => ReactNode>> = {snapshot: SnapshotsView, pick: PickView, target: TargetView, preview: PreviewView, run: RunView};

/** Restore, one step at a time. */
export function RestoreView({screen, width, height}: ScreenProps<RestoreScreen>): ReactNode {
	return <Box flexDirection='column' width={width} height={height}>
		<Line cells={stepsRow(screen, width).cells} width={width}/>
		{createElement(views[screen.step], {screen, width, height: Math.max(0, height - stepLines)})}
	</Box>;
}
