import test from 'ava';
import {lintMetrics, parseMetrics} from '../../helpers/prometheus-parser.ts';

test('what the specification shows', t => {
	const text = [
		'# HELP http_requests_total The total number of HTTP requests.', '# TYPE http_requests_total counter', 'http_requests_total{method="post",code="200"} 1027 1395066363000', 'http_requests_total{method="post",code="400"}    3 1395066363000',
		'# Escaping in label values:', String.raw`msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9`, '# Minimalistic line:', 'metric_without_timestamp_and_labels 12.47', '# A weird metric from before the epoch:',
		'something_weird{problem="division by zero",} +Inf -3982045', '',
	].join('\n');
	const families = parseMetrics(text);
	t.deepEqual(families.map(({name, samples}) => [name, samples.length]), [['http_requests_total', 2], ['msdos_file_access_time_seconds', 1], ['metric_without_timestamp_and_labels', 1], ['something_weird', 1]]);
	t.deepEqual(families[1]!.samples[0], {name: 'msdos_file_access_time_seconds', labels: {path: String.raw`C:\DIR\FILE.TXT`, error: 'Cannot find file:\n"FILE.TXT"'}, value: 1_458_255_915});
	t.is(families[3]!.samples[0]!.value, Number.POSITIVE_INFINITY);
});

const wrong: ReadonlyArray<readonly [title: string, text: string]> = [
	['no last newline', 'a 1'],
	['no value', 'a\n'],
	['no number', 'a one\n'],
	['a number of JavaScript', 'a Infinity\n'],
	['more after the timestamp', 'a 1 2 3\n'],
	['no name', '{b="1"} 1\n'],
	['a wrong name', 'a-b 1\n'],
	['a label without quotes', 'a{b=1} 1\n'],
	['a label that does not end', 'a{b="1} 1\n'],
	['no label name', 'a{="1"} 1\n'],
	['a label twice', 'a{b="1",b="2"} 1\n'],
	['an unknown escape', 'a{b="\\t"} 1\n'],
	['a raw newline in a label', 'a{b="\n"} 1\n'],
	['the same series twice', 'a{b="1",c="2"} 1\na{c="2",b="1"} 2\n'],
	['two types', '# TYPE a gauge\n# TYPE a gauge\na 1\n'],
	['an unknown type', '# TYPE a gage\na 1\n'],
	['help after a sample', 'a 1\n# HELP a x\n'],
	['lines that do not stand together', 'a 1\nb 1\na{c="d"} 1\n'],
];

for (const [title, text] of wrong) {
	test(`refused: ${title}`, t => {
		t.throws(() => parseMetrics(text), {instanceOf: Error});
	});
}

test('the names are looked at', t => {
	const complaints = (text: string) => lintMetrics(parseMetrics(text)).length;
	t.is(complaints('# HELP a_seconds x\n# TYPE a_seconds gauge\na_seconds 1\n'), 0);
	t.deepEqual(['a_total', 'a_ms', 'a_days', 'a_percent', 'a_count', 'aB', 'a_gauge'].map(name => complaints(`# HELP ${name} x\n# TYPE ${name} gauge\n${name} 1\n`)), [1, 1, 1, 1, 1, 1, 1]);
	t.deepEqual([complaints('a 1\n'), complaints('# HELP a x\n# TYPE a counter\na 1\n'), complaints('# HELP a x\n# TYPE a gauge\na{aB="1"} 1\n')], [2, 1, 1]);
});
