import {Box} from 'ink';
import type {ReactNode} from 'react';
import {Panel} from '../../../components/panel.tsx';
import {useTheme} from '../../../components/theme-context.ts';
import type {ScreenProps} from '../../screen-props.ts';
import {selectionRows, selectionText} from '../pick/selection-rows.ts';
import type {RestoreScreen} from '../state.ts';
import {placeRows, policyRows} from './target-rows.ts';

/** The third step: where to, and what happens to what is there. */
export function TargetView({screen, width, height}: ScreenProps<RestoreScreen>): ReactNode {
	const {glyphs} = useTheme();
	const selectionLines = height >= 19 ? height - 16 : 0;
	const policyLines = height - selectionLines >= 16 ? 7 : 0;
	const columns = width - 2;
	return <Box flexDirection='column' width={width} height={height}>
		<Panel title='Where to' rows={placeRows(screen, columns, glyphs)} width={width} height={height - selectionLines - policyLines} isFocused foot='Enter shows what the restore would do'/>
		{policyLines > 0 && <Panel title='Files that exist already (o)' rows={policyRows(screen)} width={width} height={policyLines}/>}
		{selectionLines > 0 && <Panel title={selectionText(screen.chosen, screen.picking!)} rows={selectionRows(screen.chosen, columns, selectionLines - 2)} width={width} height={selectionLines}/>}
	</Box>;
}
