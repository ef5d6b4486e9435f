import {Box} from 'ink';
import type {ReactNode} from 'react';
import {formatAmount} from '../../../../text/format.ts';
import {Panel} from '../../../components/panel.tsx';
import {useTheme} from '../../../components/theme-context.ts';
import {textRow, wrapText} from '../../../row.ts';
import {positionText} from '../../../scrolling.ts';
import type {ScreenProps} from '../../screen-props.ts';
import {stepLines} from '../pick/layout.ts';
import type {RestoreScreen} from '../state.ts';
import {layOutPreview} from './layout.ts';
import {itemsOf, previewLimit, type Preview} from './preview.ts';
import {countRows, itemRows, questionRows} from './preview-rows.ts';

function Waiting({preview, width, height}: {readonly preview: Exclude<Preview, {status: 'ready'}>; readonly width: number; readonly height: number}): ReactNode {
	const rows = preview.status === 'running'
		? [textRow(` Finding out what the restore would do: ${formatAmount(preview.entries, 'entry', 'entries')} so far. Esc stops it.`, 'muted')]
		: [...wrapText(preview.failure.message, width - 4).map(line => textRow(` ${line}`, 'critical')), textRow(''), textRow(' Enter tries again, Esc goes back. Nothing has been written.')];
	return <Panel title='Dry run: nothing is written' rows={rows} width={width} height={height} isFocused/>;
}

/** The fourth step: what the restore would do, and whether it shall. */
export function PreviewView({screen, width, height}: ScreenProps<RestoreScreen>): ReactNode {
	const {glyphs} = useTheme();
	const preview = screen.preview ?? {status: 'running', entries: 0};
	if (preview.status !== 'ready') {
		return <Waiting preview={preview} width={width} height={height}/>;
	}

	const {summary, cursor} = preview;
	const {counts, list, question} = layOutPreview(height + stepLines);
	const items = itemsOf(summary);
	const isCut = (summary.preview?.length ?? 0) >= previewLimit;
	const position = positionText(items.length, cursor, list - 2);
	return <Box flexDirection='column' width={width} height={height}>
		{counts > 0 && <Panel title='Dry run: nothing has been written' rows={countRows(screen, summary, width - 2)} width={width} height={counts}/>}
		<Panel
			title={isCut ? `The first ${previewLimit} entries` : formatAmount(items.length, 'entry', 'entries')} rows={itemRows(summary, cursor, {columns: width - 2, height: Math.max(0, list - 2), glyphs})} width={width} height={list} isFocused
			{...(position !== undefined && {foot: position})}
		/>
		{question > 0 && <Panel title='Restore this?' rows={questionRows(screen, summary, width - 2)} width={width} height={question}/>}
	</Box>;
}
