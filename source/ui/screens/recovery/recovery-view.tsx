import type {ReactNode} from 'react';
import {Panel} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {useSelector} from '../../hooks/use-selector.ts';
import type {ScreenProps} from '../screen-props.ts';
import {recoveryRows} from './code-rows.ts';
import type {RecoveryScreen} from './state.ts';

/** The code of a new recovery key, once. */
export function RecoveryView({screen, width, height}: ScreenProps<RecoveryScreen>): ReactNode {
	const isCovered = useSelector(state => state.overlay !== undefined);
	const {glyphs} = useTheme();
	return <Panel title='New recovery key' rows={recoveryRows(screen, {columns: width - 2, glyphs, isCovered})} width={width} height={height} isFocused/>;
}
