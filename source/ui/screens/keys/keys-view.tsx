import type {ReactNode} from 'react';
import {Panel} from '../../components/panel.tsx';
import type {ScreenProps} from '../screen-props.ts';
import type {KeysScreen} from './state.ts';

export function KeysView({screen, width, height}: ScreenProps<KeysScreen>): ReactNode {
	return <Panel title={screen.kind} rows={[]} width={width} height={height} isFocused/>;
}
