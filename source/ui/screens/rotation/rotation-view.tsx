import {Box} from 'ink';
import type {ReactNode} from 'react';
import {Panel} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {useSelector} from '../../hooks/use-selector.ts';
import {isActive} from '../../model/job.ts';
import {emptyRow, textRow} from '../../row.ts';
import type {ScreenProps} from '../screen-props.ts';
import {choiceRows} from './choice-rows.ts';
import {factsOf, isDecided, isReencryption} from './facts.ts';
import {checkRows, outcomeRows} from './outcome-rows.ts';
import type {RotationScreen} from './state.ts';
import {stepRows} from './step-rows.ts';

/** The rotation: its steps above, below them what was looked at before, how far it is, or what came of it. */
export function RotationView({screen, width, height}: ScreenProps<RotationScreen>): ReactNode {
	const overview = useSelector(state => state.overview);
	const keyCounts = useSelector(state => state.keyCounts);
	const jobs = useSelector(state => state.jobs);
	const nowMs = useSelector(state => state.nowMs);
	const {glyphs} = useTheme();
	const state = {jobs, nowMs, ...(overview && {overview}), ...(keyCounts && {keyCounts})};
	const facts = factsOf(state, screen);
	if (!facts) {
		return <Panel title='Rotate the key' rows={[textRow('  Loading…', 'muted')]} width={width} height={height} isFocused/>;
	}

	const job = jobs.find(({id}) => id === screen.job);
	const columns = width - 2;
	const isWithData = job ? job.subject === 'key and data' : isReencryption(state, screen);
	const steps = stepRows(facts.keys, isWithData, {job, glyphs});
	const upper = job ? steps : [...choiceRows(isWithData, {columns, isDecided: isDecided(state)}), ...steps];
	const lower = job ? outcomeRows(job, facts.keys, {columns, glyphs, nowMs}) : checkRows(facts, columns);
	const upperLines = Math.max(3, Math.min(upper.length + 2, height - 6));
	const room = Math.max(1, height - upperLines - 2);
	const start = Math.min(screen.offset, Math.max(0, lower.length - room));
	const isRunning = job !== undefined && isActive(job);
	const foot = isRunning ? 'Esc leaves it running  x stops it safely' : (job?.result ? 'Esc goes back' : `Enter ${facts.keys.rotation === undefined ? 'rotates' : 'goes on'}`);
	return <Box flexDirection='column' width={width} height={height}>
		<Panel title='Rotate the key' rows={upper} width={width} height={upperLines}/>
		<Panel
			title={job ? (isRunning ? 'How far it is' : 'What came of it') : 'Checks'} rows={[...lower.slice(start), emptyRow]} width={width} height={height - upperLines} isFocused
			foot={foot} {...(lower.length > room && {status: `${Math.min(lower.length, start + room)}/${lower.length}`})}
		/>
	</Box>;
}
