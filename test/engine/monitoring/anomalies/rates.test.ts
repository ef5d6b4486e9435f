import test from 'ava';
import {historyKinds, injections, type Injection} from '../../../benchmark/anomaly-histories.ts';
import {measureRates} from '../../../benchmark/anomaly-rates.ts';

const years = 4;

/** What cannot be seen where as much comes up by itself. */
const hidden: ReadonlyArray<readonly [string, Injection]> = [
	...(['bursty', 'noisy', 'small'] as const).map(kind => [kind, 'half of all added anew'] as const),
	['noisy', '60 % of the files changed'],
];

test('simulated years: few false alarms, and what matters is found', t => {
	let injected = 0;
	for (const kind of historyKinds) {
		const {falseDays, found} = measureRates(kind, years, 'normal');
		const shares = Object.entries(found).map(([name, rate]) => `${name} ${rate.found}/${rate.injected}`);
		t.log(`${kind}, ${years} years: ${falseDays} false alarms; ${shares.join('; ')}`);
		t.true(falseDays <= 2 * years, `${kind}: ${falseDays}`);
		for (const name of Object.keys(injections) as Injection[]) {
			const rate = found[name];
			injected += rate.injected;
			t.true(rate.injected >= 40);
			t.true(hidden.some(([one, other]) => one === kind && other === name) || rate.found >= 0.8 * rate.injected, `${kind}: ${name} ${rate.found} of ${rate.injected}`);
		}
	}

	t.log(`${years * historyKinds.length} years, ${injected} anomalies`);
});

test('the more sensitive, the more is told', t => {
	const [low, normal, high] = (['low', 'normal', 'high'] as const).map(sensitivity => measureRates('bursty', 2, sensitivity));
	t.true(low!.falseDays <= normal!.falseDays && normal!.falseDays <= high!.falseDays);
	const sum = (rates: typeof low) => Object.values(rates!.found).reduce((total, {found}) => total + found, 0);
	t.true(sum(low) < sum(normal) && sum(normal) <= sum(high), `${sum(low)} ${sum(normal)} ${sum(high)}`);
});
