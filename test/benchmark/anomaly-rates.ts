import process from 'node:process';
import type {Sensitivity} from '../../source/engine/incident.ts';
import {findOddities, leastRuns} from '../../source/engine/monitoring/anomalies/find-oddities.ts';
import {quantityNames, type QuantityName} from '../../source/engine/monitoring/anomalies/quantity.ts';
import {historyRuns, type RunMeasures} from '../../source/engine/monitoring/anomalies/source-history.ts';
import {historyKinds, injections, simulateRuns, type HistoryKind, type Injection} from './anomaly-histories.ts';

const daysOfYear = 365;
/** In each year so many days get one anomaly of each kind, each in a history without the others. */
const injectedDays = 12;

/** What was found in simulated years of one kind of source. */
export type AnomalyRates = {
	readonly kind: HistoryKind;
	readonly years: number;
	/** Days on which something was told although nothing was injected. */
	readonly falseDays: number;
	readonly falseOf: Readonly<Record<QuantityName, number>>;
	/** Of the injected anomalies of each kind, how many were found. */
	readonly found: Readonly<Record<Injection, {readonly injected: number; readonly found: number}>>;
};

const names = Object.keys(injections) as Injection[];

function historyAt(runs: readonly RunMeasures[], day: number): readonly RunMeasures[] {
	return runs.slice(Math.max(0, day - historyRuns), day);
}

/** Simulate years of one kind of source. The first days of each, on which nothing can be told yet, count as well. */
export function measureRates(kind: HistoryKind, years: number, sensitivity: Sensitivity): AnomalyRates {
	const falseOf = Object.fromEntries(quantityNames.map(name => [name, 0])) as Record<QuantityName, number>;
	const found = Object.fromEntries(names.map(name => [name, {injected: 0, found: 0}])) as Record<Injection, {injected: number; found: number}>;
	let falseDays = 0;
	for (let year = 0; year < years; year++) {
		const runs = simulateRuns(kind, daysOfYear, year);
		for (const [day, run] of runs.entries()) {
			const history = historyAt(runs, day);
			const odd = findOddities(history, run, sensitivity);
			falseDays += odd.length > 0 ? 1 : 0;
			for (const {quantity} of odd) {
				falseOf[quantity]++;
			}

			if (day >= 2 * leastRuns && day % Math.floor(daysOfYear / injectedDays) === 0) {
				for (const name of names) {
					found[name].injected++;
					found[name].found += findOddities(history, injections[name](run), sensitivity).length > 0 ? 1 : 0;
				}
			}
		}
	}

	return {kind, years, falseDays, falseOf, found};
}

/** All kinds as a table of Markdown. */
export function ratesTable(rates: readonly AnomalyRates[]): string {
	const head = ['source', 'years', 'false alarms a year', ...names];
	const rows = rates.map(({kind, years, falseDays, found}) => [
		kind, String(years), (falseDays / years).toFixed(2), ...names.map(name => `${Math.round(found[name].found / found[name].injected * 100)} %`),
	]);
	return [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');
}

if (import.meta.main) {
	const years = Number(process.argv[2] ?? '150');
	for (const sensitivity of ['low', 'normal', 'high'] as const) {
		const rates = historyKinds.map(kind => measureRates(kind, years, sensitivity));
		process.stdout.write(`\n${sensitivity}, ${years * historyKinds.length} years\n\n${ratesTable(rates)}\n`);
		process.stdout.write(`${rates.map(({kind, falseOf}) => `${kind}: ${JSON.stringify(falseOf)}`).join('\n')}\n`);
	}
}
