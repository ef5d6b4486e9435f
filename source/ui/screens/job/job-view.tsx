import type {ReactNode} from 'react';
import {Panel} from '../../components/panel.tsx';
import type {ScreenProps} from '../screen-props.ts';
import type {JobScreen} from './state.ts';

export function JobView({screen, width, height}: ScreenProps<JobScreen>): ReactNode {
	return <Panel title={screen.kind} rows={[]} width={width} height={height} isFocused/>;
}
