import type {ReactNode} from 'react';
import {Panel} from '../../components/panel.tsx';
import type {ScreenProps} from '../screen-props.ts';
import type {SourceScreen} from './state.ts';

export function SourceView({screen, width, height}: ScreenProps<SourceScreen>): ReactNode {
	return <Panel title={screen.kind} rows={[]} width={width} height={height} isFocused/>;
}
