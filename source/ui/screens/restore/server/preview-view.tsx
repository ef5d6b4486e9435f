import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {LoadSummary} from '../../../../engine/index.ts';
import {formatAmount} from '../../../../text/format.ts';
import {Panel} from '../../../components/panel.tsx';
import {useTheme} from '../../../components/theme-context.ts';
import {positionText} from '../../../scrolling.ts';
import {stepLines} from '../pick/layout.ts';
import {layOutPreview} from '../preview/layout.ts';
import {databaseRows, loadQuestionRows, serverFactRows} from './preview-rows.ts';
import type {ServerTarget} from './server-target.ts';

type InspectionProps = {readonly summary: LoadSummary; readonly server: ServerTarget; readonly cursor: number; readonly width: number; readonly height: number};

/** The fourth step where a server is the target: what is there, what would be loaded, and whether it shall. */
export function InspectionView({summary, server, cursor, width, height}: InspectionProps): ReactNode {
	const {glyphs} = useTheme();
	const {counts, list, question} = layOutPreview(height + stepLines);
	const columns = width - 2;
	const position = positionText(summary.databases.length, cursor, list - 2);
	return <Box flexDirection='column' width={width} height={height}>
		{counts > 0 && <Panel title='Dry run: the server was asked, nothing has been changed' rows={serverFactRows(summary, server, columns)} width={width} height={counts}/>}
		<Panel
			title={formatAmount(summary.databases.length, 'database')} rows={databaseRows(summary, server, cursor, {columns, height: Math.max(0, list - 2), glyphs})} width={width} height={list} isFocused
			{...(position !== undefined && {foot: position})}
		/>
		{question > 0 && <Panel title='Load this?' rows={loadQuestionRows(summary, server, columns)} width={width} height={question}/>}
	</Box>;
}
