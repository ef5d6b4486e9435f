import {formatTime} from '../../../text/format.ts';
import {cell, spread, type Cell, type Row} from '../../row.ts';
import {restoreSteps, snapshotOf, type RestoreScreen, type RestoreStep} from './state.ts';

const stepNames: Readonly<Record<RestoreStep, string>> = {snapshot: 'Snapshot', pick: 'Pick', target: 'Target', preview: 'Preview', run: 'Run'};

/** The steps, the one that is seen in brackets; at the end which snapshot it is about. */
export function stepsRow(screen: RestoreScreen, columns: number): Row {
	const at = restoreSteps.indexOf(screen.step);
	const steps = restoreSteps.flatMap((step, index): Cell[] => {
		const name = `${index + 1} ${stepNames[step]}`;
		return [cell(index === 0 ? ' ' : ' > ', 'muted'), index === at ? cell(`[${name}]`, 'strong') : cell(name, index < at ? 'ok' : 'muted')];
	});
	return {cells: spread(steps, screen.step === 'snapshot' ? [] : [cell(` ${formatTime(snapshotOf(screen).time)} `, 'muted')], columns)};
}
