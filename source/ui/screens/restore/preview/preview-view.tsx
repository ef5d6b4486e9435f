import {Box} from 'ink';
import type {ReactNode} from 'react';
import {formatAmount} from '../../../../text/format.ts';
import {Panel} from '../../../components/panel.tsx';
import {useTheme} from '../../../components/theme-context.ts';
import {textRow, wrapText} from '../../../row.ts';
import {positionText} from '../../../scrolling.ts';
import type {ScreenProps} from '../../screen-props.ts';
import {stepLines} from '../pick/layout.ts';
import {InspectionView} from '../server/preview-view.tsx';
import type {ServerTarget} from '../server/server-target.ts';
import type {RestoreScreen} from '../state.ts';
import {layOutPreview} from './layout.ts';
import {itemsOf, previewLimit, type Preview} from './preview.ts';
import {countRows, itemRows, questionRows} from './preview-rows.ts';

type WaitingProps = {readonly preview: Extract<Preview, {status: 'running' | 'failed'}>; readonly server: ServerTarget | undefined; readonly width: number; readonly height: number};

function Waiting({preview, server, width, height}: WaitingProps): ReactNode {
	const text = preview.status === 'failed' ? '' : (server ? `Asking ${server.url} what is there. Esc stops it.` : `Finding out what the restore would do: ${formatAmount(preview.entries, 'entry', 'entries')} so far. Esc stops it.`);
	const rows = preview.status === 'running'
		? wrapText(text, width - 4).map(line => textRow(` ${line}`, 'muted'))
		: [...wrapText(preview.failure.message, width - 4).map(line => textRow(` ${line}`, 'critical')), textRow(''), textRow(` Enter tries again, Esc goes back${server ? ' to change the target' : ''}. Nothing has been written.`)];
	return <Panel title='Dry run: nothing is written' rows={rows} width={width} height={height} isFocused/>;
}

/** The fourth step: what the restore would do, and whether it shall. */
export function PreviewView({screen, width, height}: ScreenProps<RestoreScreen>): ReactNode {
	const {glyphs} = useTheme();
	const preview = screen.preview ?? {status: 'running', entries: 0};
	if (preview.status === 'running' || preview.status === 'failed') {
		return <Waiting preview={preview} server={screen.place === 'server' ? screen.server : undefined} width={width} height={height}/>;
	}

	if (preview.status === 'inspected') {
		return <InspectionView summary={preview.summary} server={screen.server!} cursor={preview.cursor} width={width} height={height}/>;
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
