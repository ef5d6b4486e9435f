import test from 'ava';
import {factsText, isOfLevel, parseLogLine} from '../../source/logs/log-entry.ts';

test('an entry is level, time, message, and facts, with those of the run last', t => {
	const text = '{"level":"warn","time":"2026-11-21T03:00:00.000Z","pid":7,"run":"a1","command":"backup","code":"late","count":3,"deep":{"a":[1]},"msg":"hello"}';
	const entry = parseLogLine(text, 'cron');
	t.deepEqual(entry, {
		channel: 'cron', level: 'warn', timeMs: Date.UTC(2026, 10, 21, 3), message: 'hello',
		facts: [['code', 'late'], ['count', '3'], ['deep', '{"a":[1]}'], ['command', 'backup'], ['run', 'a1'], ['pid', '7']], value: JSON.parse(text) as Record<string, unknown>,
	});
	t.is(factsText(entry), 'code=late count=3 deep={"a":[1]} command=backup run=a1 pid=7');
});

test('an entry may lack anything', t => {
	t.like(parseLogLine('{}', 'backup'), {level: '', message: '', facts: [], timeMs: undefined});
	t.like(parseLogLine('{"level":30,"time":1763694000000,"msg":5}', 'backup'), {level: '30', timeMs: 1_763_694_000_000, message: '5', facts: []});
	for (const time of ['"never"', '1e300', 'null', '{}']) {
		t.is(parseLogLine(`{"time":${time}}`, 'backup').timeMs, undefined, time);
	}
});

test('what is no entry is given as it is', t => {
	const texts = ['plain text', '{"half":', '[1]', '"text"', 'null', '17', '['.repeat(100_000), `{"a":${'['.repeat(7000)}${']'.repeat(7000)}}`];
	for (const text of texts.slice(0, -1)) {
		t.deepEqual(parseLogLine(text, 'backup'), {channel: 'backup', message: text, facts: []});
	}

	t.notThrows(() => parseLogLine(texts.at(-1)!, 'backup'));
	const hostile = parseLogLine('{"__proto__":{"level":"error"}}', 'backup');
	t.is(Object.getPrototypeOf(hostile), Object.prototype);
	t.is(hostile.level, '');
});

test('levels are in an order; a line without one is of none', t => {
	const of = (least: 'debug' | 'info' | 'warn' | 'error') => ['trace', 'debug', 'info', 'warn', 'error', 'fatal', '', 'audit', undefined].filter(level => isOfLevel(level === undefined ? {} : {level}, least));
	t.deepEqual(of('debug'), ['trace', 'debug', 'info', 'warn', 'error', 'fatal']);
	t.deepEqual(of('warn'), ['warn', 'error', 'fatal']);
	t.deepEqual(of('error'), ['error', 'fatal']);
});
