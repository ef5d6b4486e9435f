import {Box} from 'ink';
import type {ReactNode} from 'react';
import {shortId} from '../../../../engine/index.ts';
import {Panel} from '../../../components/panel.tsx';
import {useTheme} from '../../../components/theme-context.ts';
import {useSelector} from '../../../hooks/use-selector.ts';
import {isActive} from '../../../model/job.ts';
import {positionText} from '../../../scrolling.ts';
import type {ScreenProps} from '../../screen-props.ts';
import {targetText, type RestoreScreen} from '../state.ts';
import {isFailedLoad} from './failed-load.ts';
import {messageCursor, messagesOf} from './messages.ts';
import {messageRows, outcomeRows} from './run-rows.ts';

/** The fifth step: the restore itself, and what came of it. */
export function RunView({screen, width, height}: ScreenProps<RestoreScreen>): ReactNode {
	const {glyphs} = useTheme();
	const jobs = useSelector(state => state.jobs);
	const nowMs = useSelector(state => state.nowMs);
	const job = jobs.find(({id}) => id === screen.run?.job);
	const isRunning = job !== undefined && isActive(job);
	const view = {columns: width - 2, glyphs, nowMs};
	const rows = outcomeRows(job, screen, view);
	const upper = Math.min(height, Math.max(8, rows.length + 2));
	const lower = height - upper;
	const messages = job ? messagesOf(job) : [];
	const position = job && positionText(messages.length, messageCursor(job, screen.run?.cursor), lower - 4);
	return <Box flexDirection='column' width={width} height={height}>
		<Panel
			title={`${screen.name} ${shortId(screen.snapshot)} into ${targetText(screen)}`} rows={rows} width={width} height={upper} isFocused
			foot={isRunning ? 'Esc leaves it running  x stops it safely' : (isFailedLoad(screen, job) ? 'Enter changes the target  Esc leaves' : 'Enter or Esc goes back')}
		/>
		{lower >= 3 && <Panel
			title={messages.length === 0 ? 'Log' : `Log: ${messages.length} to look at`} rows={job ? messageRows(job, screen.run?.cursor, {...view, height: lower - 2}) : []} width={width} height={lower}
			{...(position !== undefined && {foot: position})}
		/>}
	</Box>;
}
