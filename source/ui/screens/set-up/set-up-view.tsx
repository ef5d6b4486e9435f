import type {ReactNode} from 'react';
import {Panel} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import type {ScreenProps} from '../screen-props.ts';
import {setUpRows} from './rows.ts';
import type {SetUpScreen} from './state.ts';

/** The first run: what would be created, and what would be backed up. */
export function SetUpView({screen, width, height}: ScreenProps<SetUpScreen>): ReactNode {
	const {glyphs} = useTheme();
	return <Panel title='First run' rows={setUpRows(screen, {columns: width - 2, height: height - 2, glyphs})} width={width} height={height} isFocused/>;
}
