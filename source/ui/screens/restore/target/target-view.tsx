import {Box} from 'ink';
import type {ReactNode} from 'react';
import {Panel} from '../../../components/panel.tsx';
import {useTheme} from '../../../components/theme-context.ts';
import type {ScreenProps} from '../../screen-props.ts';
import {selectionRows, selectionText} from '../pick/selection-rows.ts';
import {overwriteRows} from '../server/server-rows.ts';
import type {RestoreScreen} from '../state.ts';
import {fitRows, placeRows, policyRows} from './target-rows.ts';

/** The third step: where to, and what happens to what is there. */
export function TargetView({screen, width, height}: ScreenProps<RestoreScreen>): ReactNode {
	const {glyphs} = useTheme();
	const columns = width - 2;
	const places = placeRows(screen, columns, glyphs);
	// The choice of a server takes more lines than that of a folder.
	const placeLines = Math.max(9, Math.min(places.length + 2, 13));
	const selectionLines = height >= placeLines + 10 ? height - placeLines - 7 : 0;
	const policyLines = height - selectionLines >= placeLines + 7 ? 7 : 0;
	const {server} = screen;
	const isServer = screen.place === 'server' && server !== undefined;
	return <Box flexDirection='column' width={width} height={height}>
		<Panel title='Where to' rows={fitRows(places, height - selectionLines - policyLines - 2)} width={width} height={height - selectionLines - policyLines} isFocused foot={isServer ? 'Space changes it  Enter asks the server' : 'Enter shows what the restore would do'}/>
		{policyLines > 0 && <Panel title={isServer ? 'A database that has something already (o)' : 'Files that exist already (o)'} rows={isServer ? overwriteRows(server) : policyRows(screen)} width={width} height={policyLines}/>}
		{selectionLines > 0 && <Panel title={selectionText(screen.chosen, screen.picking!)} rows={selectionRows(screen.chosen, columns, selectionLines - 2)} width={width} height={selectionLines}/>}
	</Box>;
}
