import test from 'ava';
import {logChannels} from '../../../../source/logs/channel.ts';
import {parseLogLine, type LogEntry} from '../../../../source/logs/log-entry.ts';
import {chosenText, emptyLogText, levelTone, lineDetails} from '../../../../source/ui/screens/log/rows.ts';
import {addNews, createLogScreen, cursorRow, keptLines, listLines, moveInLog, nextChannel, nextLevel, selectedLine, toggleFollowing, type LogScreen} from '../../../../source/ui/screens/log/state.ts';

const entry = (index: number): LogEntry => parseLogLine(JSON.stringify({level: index % 10 === 0 ? 'error' : 'info', time: new Date(Date.UTC(2026, 10, 21, 3, 0, index)).toISOString(), pid: 7, subject: `s${index}`, msg: `message ${index}`}), logChannels[index % 2]!);
const screenOf = (count: number, change: Partial<LogScreen> = {}): LogScreen => ({...addNews(createLogScreen('/logs'), {entries: Array.from({length: count}, (_, index) => entry(index))}), ...change});

test('levels have tones', t => {
	t.deepEqual(['error', 'fatal', 'warn', 'info', 'debug', 'audit'].map(level => levelTone({level})), ['critical', 'critical', 'warning', 'plain', 'muted', 'plain']);
	t.is(levelTone({}), 'muted');
});

test('all of a line: its message, then each fact on a line of its own; of what is no entry the line', t => {
	const [line] = addNews(createLogScreen('/logs'), {entries: [entry(3)]}).lines;
	t.deepEqual(lineDetails(line!).filter(text => !text.startsWith('time')), ['message 3', '', 'level    info', 'channel  cron', 'subject  s3', 'pid      7']);
	const [other] = addNews(createLogScreen('/logs'), {entries: [parseLogLine('plain', 'cron')]}).lines;
	t.deepEqual(lineDetails(other!), ['plain']);
});

test('the last lines are kept, and each keeps its number', t => {
	let screen = screenOf(keptLines + 10);
	t.is(screen.lines.length, keptLines);
	t.is(screen.lines[0]!.message, 'message 10');
	t.is(screen.lines[0]!.number, 11);
	screen = addNews(screen, {entries: [entry(0), entry(1)]});
	t.is(screen.lines.length, keptLines);
	t.is(screen.lines.at(-1)!.number, keptLines + 12);
	t.is(addNews(screen, {entries: []}).lines, screen.lines);
});

test('a problem is shown until it is over', t => {
	const gone = addNews(screenOf(3), {entries: [], problem: 'gone'});
	t.is(gone.problem, 'gone');
	t.is(gone.lines.length, 3);
	t.is(addNews(gone, {entries: []}).problem, undefined);
	t.false(createLogScreen('/logs').isRead);
	t.true(addNews(createLogScreen('/logs'), {entries: []}).isRead);
});

test('the end is followed until the cursor leaves it, and again when it is reached', t => {
	const screen = screenOf(10);
	t.is(selectedLine(screen)!.message, 'message 9');
	const up = moveInLog(screen, 'up', 5);
	t.false(up.isFollowing);
	const grown = addNews(up, {entries: [entry(10), entry(11)]});
	t.is(selectedLine(grown)!.message, 'message 8');
	t.is(selectedLine(addNews(screen, {entries: [entry(10)]}))!.message, 'message 10');
	t.true(moveInLog(grown, 'last', 5).isFollowing);
	t.is(selectedLine(moveInLog(grown, 'down', 5))!.message, 'message 9');
	const stopped = toggleFollowing(screen);
	t.false(stopped.isFollowing);
	t.is(selectedLine(addNews(stopped, {entries: [entry(10)]}))!.message, 'message 9');
	t.is(selectedLine(toggleFollowing(grown))!.message, 'message 11');
	t.is(moveInLog(createLogScreen('/logs'), 'up', 5).cursor, 0);
	t.true(toggleFollowing(toggleFollowing(createLogScreen('/logs'))).isFollowing);
});

test('the cursor stays on its line while older ones are dropped, and on the first when its own is', t => {
	const first = moveInLog(screenOf(keptLines), 'first', 5);
	t.is(selectedLine(first)!.message, 'message 0');
	const third = moveInLog(moveInLog(first, 'down', 5), 'down', 5);
	t.is(selectedLine(addNews(third, {entries: [entry(1), entry(2)]}))!.number, 3);
	t.is(selectedLine(addNews(first, {entries: [entry(1), entry(2)]}))!.number, 3);
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

test('a key goes through the logs, another through the levels; what is chosen is said', t => {
	let screen = screenOf(40);
	const channels: Array<string | undefined> = [];
	for (let press = 0; press < 5; press++) {
		screen = nextChannel(screen);
		channels.push(screen.channel);
	}

	t.deepEqual(channels, [...logChannels, undefined]);
	const [backup, errors, warnings] = [nextChannel(screen), nextLevel(nextLevel(screen)), nextLevel(screen)];
	t.true(listLines(backup).every(({channel}) => channel === 'backup') && listLines(backup).length === 20);
	t.deepEqual(listLines(errors).map(({message}) => message), ['message 0', 'message 10', 'message 20', 'message 30']);
	t.deepEqual(listLines(nextLevel(errors)), screen.lines);
	t.deepEqual(listLines({...nextChannel(backup), level: 'error'}), []);
	t.deepEqual(chosenText({...backup, level: 'error', filter: 'x'}), ['only backup', 'only errors', 'filter: x']);
	t.deepEqual(chosenText(warnings), ['only warnings and errors']);
	t.deepEqual(chosenText(screen), []);
	t.is(emptyLogText({...nextChannel(backup), level: 'error'}), 'No error of cron is among the last 40 lines.');
	t.is(emptyLogText({...warnings, filter: 'x'}), 'No warning or error matches the filter "x".');
	t.regex(emptyLogText(addNews(createLogScreen('/logs'), {entries: []})), /There are no logs in \/logs yet/);
});
