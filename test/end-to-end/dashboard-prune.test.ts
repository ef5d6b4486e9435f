import {readdirSync} from 'node:fs';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {isWholeFrame} from '../helpers/dashboard-frame.ts';
import {createHostWithPast} from '../helpers/host-with-past.ts';
import {Keyboard} from '../helpers/keyboard.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {ptyLack} from '../helpers/pty.ts';
import type {TestHost} from '../helpers/run-coffer.ts';
import {startCoffer} from '../helpers/terminal.ts';
import {createByteStream} from '../helpers/test-runtime.ts';

/** A host whose backups reach back beyond what is kept where nothing else is configured: two of them are to go. */
async function createOldHost(t: ExecutionContext): Promise<TestHost> {
	const noise = createByteStream('prune');
	const days = [60.1, 40.1, 20.1, 10.1, 2.1, 1.1, 0.1];
	return createHostWithPast(t, [{name: 'data', backups: days.map((daysAgo, index) => ({daysAgo, files: {'changing.bin': noise(200_000 + index), [`stays-${index}`]: noise(1000)}}))}]);
}

const countIn = (host: TestHost, folder: string): number => readdirSync(path.join(host.repository, folder), {recursive: true, withFileTypes: true}).filter(entry => entry.isFile()).length;

for (const size of [{columns: 80, rows: 24}, {columns: 120, rows: 36}]) {
	optionalTest(ptyLack, `the preview changes nothing, a wrong word neither; the typed one forgets what it showed, at ${size.columns}x${size.rows}`, async t => {
		const host = await createOldHost(t);
		const before = [countIn(host, 'snapshots'), countIn(host, 'packs')] as const;
		const terminal = startCoffer(t, host, [], size);
		await terminal.waitFor(/data +OK/);
		const keyboard = new Keyboard(terminal);
		const shown = await keyboard.press('P', /forgets +2 snapshots, 5 stay/);
		t.regex(shown, /frees +\d+ kB: \d+ of \d+ packs/);
		t.regex(shown, /keep +data/);
		t.true(isWholeFrame(terminal), terminal.text);
		await keyboard.press('f', '[Snapshots 2]');
		t.regex(terminal.text, /GOES +data .*older than 30 days/);
		t.true(isWholeFrame(terminal), terminal.text);
		await keyboard.press('enter', 'To go on, type prune');
		await keyboard.type('prone', '> prone');
		await keyboard.press('enter', 'That is not "prune".');
		terminal.paste('prune');
		await terminal.waitFor('Pasting is refused here: type it.');
		t.deepEqual([countIn(host, 'snapshots'), countIn(host, 'packs')], [...before]);
		await keyboard.press('ctrl-u', ({text}) => !text.includes('> prone'));
		await keyboard.type('prune', '> prune');
		const done = await keyboard.press('enter', '[Prune: done]');
		t.regex(done, /forgotten +2 snapshots, 5 stay/);
		t.true(isWholeFrame(terminal), terminal.text);
		await keyboard.press('R', 'nothing is changed before Enter');
		await terminal.waitFor(/forgets +0 snapshots, 5 stay/);
		await keyboard.press('escape', /q quit$/);
		terminal.press('q');
		t.deepEqual(await terminal.exited, {code: 0, signal: null});

		t.is(countIn(host, 'snapshots'), before[0] - 2);
		t.true(countIn(host, 'packs') < before[1]);
		t.is((await host.start(['verify', '--read-data', '--quiet']).ended).code, 0);
		t.log(`${before[1]} packs, ${countIn(host, 'packs')} afterwards`);
	});
}
