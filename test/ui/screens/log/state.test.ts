import test from 'ava';
import {factsText, levelTone, parseLogLine} from '../../../../source/ui/screens/log/log-line.ts';
import {lineDetails} from '../../../../source/ui/screens/log/rows.ts';
import {addNews, createLogScreen, cursorRow, keptLines, listLines, moveInLog, selectedLine, toggleFollowing, type LogScreen} from '../../../../source/ui/screens/log/state.ts';

const entry = (index: number): string => JSON.stringify({level: index % 10 === 0 ? 'error' : 'info', time: new Date(Date.UTC(2026, 10, 21, 3, 0, index)).toISOString(), pid: 7, subject: `s${index}`, msg: `message ${index}`});
const screenOf = (count: number, change: Partial<LogScreen> = {}): LogScreen => ({...addNews(createLogScreen('/log'), {lines: Array.from({length: count}, (_, index) => entry(index))}), ...change});

test('an entry is level, time, message, and facts with the process last', t => {
	const line = parseLogLine('{"level":"warn","time":"2026-11-21T03:00:00.000Z","pid":7,"code":"late","count":3,"deep":{"a":[1]},"msg":"hello"}', 4);
	t.deepEqual(line, {number: 4, level: 'warn', timeMs: Date.UTC(2026, 10, 21, 3), message: 'hello', facts: [['code', 'late'], ['count', '3'], ['deep', '{"a":[1]}'], ['pid', '7']]});
	t.is(factsText(line), 'code=late count=3 deep={"a":[1]} pid=7');
	t.is(levelTone(line), 'warning');
	t.is(lineDetails(line)[0], 'hello');
	t.true(lineDetails(line).includes('code   late'));
});

test('levels have tones; an entry may lack anything', t => {
	t.deepEqual(['error', 'fatal', 'info', 'debug', 'audit'].map(level => levelTone(parseLogLine(JSON.stringify({level}), 1))), ['critical', 'critical', 'plain', 'muted', 'plain']);
	t.deepEqual(parseLogLine('{}', 1), {number: 1, level: '', message: '', facts: []});
	t.deepEqual(parseLogLine('{"level":30,"time":1763694000000,"msg":5}', 1), {number: 1, level: '30', timeMs: 1_763_694_000_000, message: '5', facts: []});
	for (const time of ['"never"', '1e300', 'null', '{}']) {
		t.is(parseLogLine(`{"time":${time}}`, 1).timeMs, undefined, time);
	}
});

test('what is no entry is shown as it is', t => {
	const texts = ['plain text', '{"half":', '[1]', '"text"', 'null', '17', '['.repeat(100_000), `{"a":${'['.repeat(7000)}${']'.repeat(7000)}}`];
	for (const text of texts.slice(0, -1)) {
		t.deepEqual(parseLogLine(text, 1), {number: 1, message: text, facts: []});
	}

	t.notThrows(() => parseLogLine(texts.at(-1)!, 1));
	t.deepEqual(lineDetails(parseLogLine('plain', 1)), ['plain']);
	t.is(Object.getPrototypeOf(parseLogLine('{"__proto__":{"level":"error"}}', 1)), Object.prototype);
	t.is(parseLogLine('{"__proto__":{"level":"error"}}', 1).level, '');
});

test('the last lines are kept, and each keeps its number', t => {
	let screen = screenOf(keptLines + 10);
	t.is(screen.lines.length, keptLines);
	t.is(screen.lines[0]!.message, 'message 10');
	t.is(screen.lines[0]!.number, 11);
	screen = addNews(screen, {lines: [entry(0), entry(1)]});
	t.is(screen.lines.length, keptLines);
	t.is(screen.lines.at(-1)!.number, keptLines + 12);
	t.is(addNews(screen, {lines: []}).lines, screen.lines);
});

test('a problem is shown until it is over', t => {
	const gone = addNews(screenOf(3), {lines: [], problem: 'gone'});
	t.is(gone.problem, 'gone');
	t.is(gone.lines.length, 3);
	t.is(addNews(gone, {lines: []}).problem, undefined);
	t.false(createLogScreen('/log').isRead);
	t.true(addNews(createLogScreen('/log'), {lines: []}).isRead);
});

test('the end is followed until the cursor leaves it, and again when it is reached', t => {
	const screen = screenOf(10);
	t.is(selectedLine(screen)!.message, 'message 9');
	const up = moveInLog(screen, 'up', 5);
	t.false(up.isFollowing);
	const grown = addNews(up, {lines: [entry(10), entry(11)]});
	t.is(selectedLine(grown)!.message, 'message 8');
	t.is(selectedLine(addNews(screen, {lines: [entry(10)]}))!.message, 'message 10');
	t.true(moveInLog(grown, 'last', 5).isFollowing);
	t.is(selectedLine(moveInLog(grown, 'down', 5))!.message, 'message 9');
	const stopped = toggleFollowing(screen);
	t.false(stopped.isFollowing);
	t.is(selectedLine(addNews(stopped, {lines: [entry(10)]}))!.message, 'message 9');
	t.is(selectedLine(toggleFollowing(grown))!.message, 'message 11');
	t.is(moveInLog(createLogScreen('/log'), 'up', 5).cursor, 0);
	t.true(toggleFollowing(toggleFollowing(createLogScreen('/log'))).isFollowing);
});

test('the cursor stays on its line while older ones are dropped, and on the first when its own is', t => {
	const first = moveInLog(screenOf(keptLines), 'first', 5);
	t.is(selectedLine(first)!.message, 'message 0');
	const third = moveInLog(moveInLog(first, 'down', 5), 'down', 5);
	t.is(selectedLine(addNews(third, {lines: [entry(1), entry(2)]}))!.number, 3);
	t.is(selectedLine(addNews(first, {lines: [entry(1), entry(2)]}))!.number, 3);
});

test('a filter looks at level, message and facts; the cursor goes to the line before that is shown', t => {
	const screen = screenOf(40, {isFollowing: false, cursor: 15, filter: 'ERROR message'});
	const listed = listLines(screen);
	t.deepEqual(listed.map(({message}) => message), ['message 0', 'message 10', 'message 20', 'message 30']);
	t.is(listed[cursorRow(listed, screen)]!.message, 'message 10');
	t.deepEqual(listLines({...screen, filter: 's17'}).map(({message}) => message), ['message 17']);
	t.is(cursorRow([], screen), -1);
	t.is(cursorRow([], {...screen, isFollowing: true}), -1);
	t.is(cursorRow(listLines({...screen, filter: 's17'}), screen), 0);
});
