import type {ReactNode} from 'react';
import type {Activity, KeyStatus} from '../../engine/index.ts';
import {formatAmount, formatSpan} from '../../text/format.ts';
import {bar} from '../components/bar.ts';
import {Panel} from '../components/panel.tsx';
import {useTheme} from '../components/theme-context.ts';
import {useCoarseNow, useSelector} from '../hooks/use-selector.ts';
import {isAtWork, type Job} from '../model/job.ts';
import {percentText, phaseText} from '../model/job-text.ts';
import {keysOf, leftUnderOld, recoveryState} from '../model/key-state.ts';
import {clampRow} from '../model/selectors.ts';
import {cell, fitCell, row, textRow, type Row, type Tone} from '../row.ts';
import {windowOf} from '../scrolling.ts';
import type {Glyphs} from '../theme.ts';
import type {PaneProps} from './pane.ts';

export const ageTones = {ok: 'ok', warn: 'warning', due: 'critical'} as const satisfies Record<KeyStatus['age'], Tone>;
export const ageWords = {ok: 'OK', warn: 'WARN', due: 'DUE'} as const satisfies Record<KeyStatus['age'], string>;

const dayMs = 24 * 60 * 60 * 1000;

/** When the active epoch is due, in words. */
export function rotationText(keys: KeyStatus): string {
	const {epochs, rotateAfterDays} = keys;
	const active = epochs.find(({isActive}) => isActive);
	if (!active) {
		return 'no active epoch';
	}

	const days = rotateAfterDays - active.ageDays;
	if (keys.rotation !== undefined) {
		const left = leftUnderOld(keys);
		return left === undefined ? 'rotation not finished: K goes on' : `rotation: ${formatAmount(left.objects, 'object')} left, K goes on`;
	}

	return days > 0 ? `next rotation in ${formatAmount(days, 'day')}` : `rotation due since ${formatAmount(-days, 'day')}`;
}

type View = {readonly nowMs: number; readonly columns: number; readonly glyphs: Glyphs; readonly cursor: number | undefined};

const isRotation = ({kind}: Job | Activity): boolean => kind === 'rotate' || kind === 'keys';

/** What a rotation that goes on is at: of a job of this screen, or of another process. */
export function runningText(jobs: readonly Job[], activities: readonly Activity[]): string | undefined {
	const running = jobs.find(job => isRotation(job) && isAtWork(job)) ?? activities.find(activity => isRotation(activity) && activity.subject === 'rotation');
	if (!running) {
		return undefined;
	}

	const {progress} = running;
	return ['rotation', ...(progress ? [phaseText(progress), percentText(progress)] : [])].filter(Boolean).join(' ');
}

/** When the next rotation is due, or how far this one is; and how it stands with recovery. */
export function keyNotes(keys: KeyStatus, {nowMs, running}: {readonly nowMs: number; readonly running: string | undefined}): Row[] {
	const {age, rotation} = keys;
	const recovery = recoveryState(keys, nowMs);
	return [
		row(cell('  '), running === undefined ? cell(rotationText(keys), rotation === undefined ? (age === 'ok' ? 'muted' : ageTones[age]) : 'warning') : cell(running, 'running')),
		row(cell('  '), cell(recovery.text, recovery.tone)),
	];
}

/** Epochs with their age, then the key slots: one row each. */
export function keyRows(keys: KeyStatus, {nowMs, columns, glyphs, cursor}: View): Row[] {
	const {epochs, rotateAfterDays, age} = keys;
	const mark = (index: number) => cell(index === cursor ? `${glyphs.cursor} ` : '  ', 'accent');
	const epochRows = epochs.map(({id, ageDays, isActive}, index): Row => {
		const word = isActive ? ageWords[age] : 'OLD';
		const text = `${String(ageDays).padStart(3)}d/${rotateAfterDays}d`;
		const isWide = columns >= 44;
		return {isSelected: index === cursor, cells: [
			mark(index), fitCell(word, 5, {tone: isActive ? ageTones[age] : 'muted'}), cell(`epoch ${id.slice(0, 8)} `), cell(text, isActive ? ageTones[age] : 'muted'),
			...(isWide ? [cell(' '), ...bar(ageDays / rotateAfterDays, Math.min(20, columns - 34), glyphs, isActive ? ageTones[age] : 'muted')] : []),
		]};
	});
	const slotRows = keys.keys.map(({label, role, created, expires, isOwn}, index): Row => {
		const isExpiring = expires !== undefined && Date.parse(expires) - nowMs < 14 * dayMs;
		const position = epochs.length + index;
		return {isSelected: position === cursor, cells: [
			mark(position), fitCell(isOwn ? 'this' : 'slot', 5, {tone: 'muted'}), fitCell(label, Math.max(8, columns - 22)), fitCell(` ${role}`, 8, {tone: 'muted'}),
			fitCell(isExpiring ? 'EXP!' : formatSpan(nowMs - Date.parse(created)), 5, {align: 'right', tone: isExpiring ? 'warning' : 'muted'}),
		]};
	});
	return [...epochRows, ...slotRows];
}

/** Pane 2: epochs and key slots, and when the next rotation is due. */
export function KeysPane({width, height, isFocused, isDimmed}: PaneProps): ReactNode {
	const overview = useSelector(state => state.overview);
	const keyCounts = useSelector(state => state.keyCounts);
	const jobs = useSelector(state => state.jobs);
	const keys = keysOf({...(overview && {overview}), ...(keyCounts && {keyCounts})});
	const cursors = useSelector(state => state.main.cursors);
	const nowMs = useCoarseNow();
	const {glyphs} = useTheme();
	if (keys === undefined) {
		return <Panel title='2 Keys' rows={[textRow('  -', 'muted')]} width={width} height={height} isFocused={isFocused} isDimmed={isDimmed}/>;
	}

	const cursor = clampRow(cursors.keys, keys.epochs.length + keys.keys.length);
	const rows = keyRows(keys, {nowMs, columns: width - 2, glyphs, cursor: isFocused ? cursor : undefined});
	const notes = keyNotes(keys, {nowMs, running: runningText(jobs, overview?.activities ?? [])});
	const room = Math.max(1, height - 2 - notes.length);
	const {start, end} = windowOf(rows.length, isFocused ? cursor : 0, room);
	return <Panel title={`2 Keys ${keys.keys.length}`} rows={[...rows.slice(start, end), ...notes]} width={width} height={height} isFocused={isFocused} isDimmed={isDimmed}/>;
}
