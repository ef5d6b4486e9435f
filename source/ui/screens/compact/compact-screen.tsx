import type {ReactNode} from 'react';
import {formatAmount, formatSpan} from '../../../text/format.ts';
import {Lines} from '../../components/panel.tsx';
import {useTheme} from '../../components/theme-context.ts';
import {useSelector} from '../../hooks/use-selector.ts';
import {smallest} from '../../layout.ts';
import {isAtWork} from '../../model/job.ts';
import {jobTitle, percentText} from '../../model/job-text.ts';
import {listSources, type ListedSource} from '../../model/selectors.ts';
import {wordTones} from '../../panes/backups.tsx';
import {cell, emptyRow, fitCell, row, textRow, type Row} from '../../row.ts';
import {windowOf} from '../../scrolling.ts';

function sourceRow({source, word}: ListedSource, width: number, nowMs: number): Row {
	const age = source.lastSuccess === undefined ? '' : formatSpan(nowMs - Date.parse(source.lastSuccess));
	return row(cell(' '), fitCell(word, 6, {tone: wordTones[word]}), fitCell(age, 4, {align: 'right'}), cell('  '), fitCell(source.name, Math.max(1, width - 13)));
}

/** On a terminal that is too small for the panes: how it stands, the worst first, and how to see more. */
export function CompactScreen({width, height}: {readonly width: number; readonly height: number}): ReactNode {
	const overview = useSelector(state => state.overview);
	const jobs = useSelector(state => state.jobs);
	const main = useSelector(state => state.main);
	const size = useSelector(state => state.size);
	const link = useSelector(state => state.link);
	const nowMs = useSelector(state => state.nowMs - state.nowMs % 10_000);
	const {glyphs} = useTheme();
	const open = (overview?.alerts ?? []).filter(({acknowledged}) => acknowledged === undefined);
	const criticals = open.filter(({severity}) => severity === 'critical').length;
	const running = jobs.find(job => isAtWork(job));
	const listed = listSources({jobs, main: {...main, filter: '', order: 'state'}, ...(overview && {overview})});
	const head: Row[] = [
		row(cell(` coffer${link.status === 'offline' ? '  OFFLINE' : ''}`, link.status === 'offline' ? 'critical' : 'title')),
		overview === undefined
			? textRow(' Opening the repository…', 'muted')
			: row(cell(' '), cell(`${glyphs.critical} ${criticals} critical  `, criticals > 0 ? 'critical' : 'muted'), cell(`${glyphs.warning} ${formatAmount(open.length - criticals, 'warning')}`, open.length > criticals ? 'warning' : 'muted')),
		...(running ? [row(cell(` ${glyphs.running} ${jobTitle(running)} ${running.progress ? percentText(running.progress) : ''}`, 'running'))] : []),
		...(link.status === 'offline' ? [textRow(` ${link.failure.message}`, 'critical')] : []),
	];
	const foot: Row[] = height >= 8 ? [emptyRow, textRow(` ${size.columns}x${size.rows}; the full screen needs ${smallest.columns}x${smallest.rows}. q quits.`, 'muted')] : [];
	const room = Math.max(0, height - head.length - foot.length);
	const {end} = windowOf(listed.length, 0, room);
	const rows = [...head, ...listed.slice(0, end).map(one => sourceRow(one, width, nowMs))];
	return <Lines rows={[...rows, ...Array.from({length: Math.max(0, height - rows.length - foot.length)}, () => emptyRow), ...foot]} width={width} height={height}/>;
}
