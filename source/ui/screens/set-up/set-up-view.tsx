import type {ReactNode} from 'react';
import {Panel} from '../../components/panel.tsx';
import type {ScreenProps} from '../screen-props.ts';
import type {SetUpScreen} from './state.ts';

export function SetUpView({screen, width, height}: ScreenProps<SetUpScreen>): ReactNode {
	return <Panel title={screen.kind} rows={[]} width={width} height={height} isFocused/>;
}
