import {readFileSync, writeFileSync} from 'node:fs';
import {newsOf, webhookTo} from '../helpers/alerting-host.ts';
import {createHostWithPast} from '../helpers/host-with-past.ts';
import {startHttpSink} from '../helpers/http-sink.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import {startCoffer} from '../helpers/terminal.ts';

optionalTest(ptyLack, 'an open dashboard tells what it sees, and that it is over, without anybody else', async t => {
	const host = await createHostWithPast(t, [{name: 'data', backups: [{daysAgo: 3.1, files: {small: 'x'}}]}]);
	const sink = await startHttpSink(t);
	writeFileSync(host.path('hook.key'), 'a key of a webhook\n', {mode: 0o600});
	const config = JSON.parse(readFileSync(host.configFile, 'utf8')) as Record<string, unknown>;
	writeFileSync(host.configFile, JSON.stringify({...config, alerts: {channels: {hook: webhookTo(host, sink.origin)}}}));
	const terminal = startCoffer(t, host);
	const keyboard = new Keyboard(terminal);
	await terminal.waitFor(/▸ data +LATE/);
	await sink.received(1);
	t.true(newsOf(sink.requests).includes('raised late data'));
	const count = sink.requests.length;
	await keyboard.press('b', 'Back up "data" now?');
	await keyboard.press('y', /data +OK +now/);
	await sink.received(count + 1);
	t.true(newsOf(sink.requests).includes('resolved late data'));
	t.is(newsOf(sink.requests).filter(text => text === 'raised late data').length, 1);
	terminal.press('q');
	t.deepEqual(await terminal.exited, {code: 0, signal: null});
});
