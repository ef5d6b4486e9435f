import {readFileSync} from 'node:fs';
import test from 'ava';
import {checkConfig} from '../../source/cli/config.ts';
import {metricTable} from '../../source/cli/metrics/metric-table.ts';

test('docs/metrics.md names only metrics that there are, and its rules only labels that these have', t => {
	const text = readFileSync('docs/metrics.md', 'utf8');
	const names = new Set([...text.matchAll(/\bcoffer_[a-z_]+\b/g)].map(([name]) => name));
	t.deepEqual([...names].filter(name => !Object.hasOwn(metricTable, name)), []);
	const labels = new Set<string>(['instance', ...Object.values(metricTable).flatMap(metric => [...metric.labels])]);
	const used = [...text.matchAll(/\$labels\.(?<label>\w+)/g)].map(({groups}) => groups!['label']!);
	t.true(used.length > 3);
	t.deepEqual(used.filter(label => !labels.has(label)), []);
	t.log(`${names.size} metrics`);
});

for (const file of ['docs/metrics.md', 'docs/monitoring.md']) {
	test(`${file}: what it shows of a configuration can be used`, async t => {
		const examples = [...readFileSync(file, 'utf8').matchAll(/```json\n(?<text>.*?)```/gs)].map(({groups}) => groups!['text']!);
		t.true(examples.length > 0);
		for (const example of examples) {
			const {problems} = await checkConfig(example);
			t.deepEqual(problems, [], example);
		}
	});
}
