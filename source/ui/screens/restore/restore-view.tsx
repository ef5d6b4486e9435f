import type {ReactNode} from 'react';
import {Panel} from '../../components/panel.tsx';
import type {ScreenProps} from '../screen-props.ts';
import type {RestoreScreen} from './state.ts';

export function RestoreView({screen, width, height}: ScreenProps<RestoreScreen>): ReactNode {
	return <Panel title={screen.kind} rows={[]} width={width} height={height} isFocused/>;
}
