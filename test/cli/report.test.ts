import {mkdirSync, renameSync, writeFileSync} from 'node:fs';
import test from 'ava';
import {renderMarkdown, toMarkdownText} from '../../source/cli/monitoring/report-markdown.ts';
import {parsePastTime} from '../../source/cli/past-time.ts';
import type {Report} from '../../source/engine/index.ts';
import {prepareHost} from '../helpers/command-examples.ts';
import {refuses} from '../helpers/error-assertions.ts';
import {buildAlert, buildOverview} from '../helpers/overview-builder.ts';
import {TestHost} from '../helpers/run-coffer.ts';

test('what happened on a host: Markdown with a row a source, and the same in JSON', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	renameSync(host.path('data'), host.path('away'));
	await host.runHere(['backup']);
	renameSync(host.path('away'), host.path('data'));
	await host.runHere(['backup']);
	await host.runHere(['verify', '--read-data']);
	const {code, stdout, stderr} = await host.runHere(['report']);
	t.deepEqual([code, stderr], [0, '']);
	const lines = stdout.split('\n');
	t.regex(lines[0]!, /^# Backups of /);
	t.deepEqual(lines.filter(line => line.startsWith('## ')), ['## Sources', '## Storage', '## Jobs', '## Open alerts', '## Alerts of this time', '## Verification', '## Keys']);
	const row = lines.find(line => line.startsWith('| data |'))!.split('|').map(cell => cell.trim());
	t.deepEqual(row.slice(1, 7), ['data', '66.6 %', '3', '1', '0', '9 B']);
	t.true(lines.includes('- Of 2 snapshots 2 (100 %) were found intact in this time, 2 ever, 2 of these with all of their data'));
	const [value, ...more] = (await host.runHere(['report', '--json', '--since', '2w'])).json();
	t.deepEqual(more, []);
	t.deepEqual(Object.keys(value!), ['host', 'url', 'from', 'to', 'sources', 'totals', 'storage', 'jobs', 'alerts', 'incidents', 'reactions', 'verification', 'keys']);
	t.like(value, {url: host.repository, totals: {runs: 3, failed: 1, partial: 0, successRate: 2 / 3, snapshots: 2}, verification: {runs: 1, damaged: 0, snapshots: 2, verified: 2}});
	t.true(Date.parse(value!['to'] as string) - Date.parse(value!['from'] as string) > 13.9 * 24 * 60 * 60 * 1000);
});

test('--since: spans, dates and times; nothing else, and no time to come', t => {
	const nowMs = Date.parse('2026-11-21T18:00:00.000Z');
	const at = (text: string) => new Date(parsePastTime(text, nowMs, '--since')).toISOString();
	t.deepEqual(['30m', '36h', '7d', '2w', '2026-11-01T12:00:00Z', '2026-11-01T12:00+02:00'].map(text => at(text)), [
		'2026-11-21T17:30:00.000Z', '2026-11-20T06:00:00.000Z', '2026-11-14T18:00:00.000Z', '2026-11-07T18:00:00.000Z', '2026-11-01T12:00:00.000Z', '2026-11-01T10:00:00.000Z',
	]);
	t.deepEqual(['2026-11-01', '2026-11-01T18:00'].map(text => new Date(parsePastTime(text, nowMs, '--since')).getHours()), [0, 18], 'by the clock of this host');
	for (const text of ['', '0d', '7', '7 d', '-7d', '7D', '100000d', '2026-13-01', '2026-04-31', 'yesterday', '2026-11-22', '2027-01-01T00:00:00Z']) {
		refuses(t, () => parsePastTime(text, nowMs, '--since'), 'usage', /--since/);
	}
});

test('a wrong --since is wrong usage', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const {code, stdout, stderr} = await host.runHere(['report', '--since', 'ever']);
	t.deepEqual([code, stdout], [2, '']);
	t.regex(stderr, /--since takes a span of time such as 30m, 36h, 7d or 4w.*not "ever"/);
});

test('names are text, whatever they hold: no markup, no row of their own, no control character', t => {
	t.is(toMarkdownText('db_prod-1.x'), 'db_prod-1.x');
	t.is(toMarkdownText('a|b'), String.raw`a\|b`);
	t.is(toMarkdownText('<img src=x> [l](http://x) `c` *b* _i_ ~s~ # &amp;'), String.raw`\<img src=x\> \[l\](http://x) \`c\` \*b\* \_i\_ \~s\~ \# \&amp;`);
	t.is(toMarkdownText('a\nb\u001B[2J\u202E\\'), String.raw`a\\x0ab\\x1b\[2J\\u{202e}\\`);
});

const report = (change: Partial<Report>): Report => {
	const {keys, storage, alerts} = buildOverview();
	const reactions = {raised: 0, acknowledged: 0, resolved: 0, open: 0};
	return {
		host: 'vault01', url: '/r', from: '2026-11-14T14:00:00.000Z', to: '2026-11-21T14:00:00.000Z', sources: [], storage: storage.map(place => ({...place, history: []})), alerts, incidents: [], reactions, keys, jobs: [],
		totals: {runs: 0, partial: 0, failed: 0, snapshots: 0, bytes: 0, addedBytes: 0, storedBytes: 0},
		verification: {runs: 0, damaged: 0, snapshots: 0, verified: 0, verifiedEver: 0, withAllData: 0, coverage: [], coverageDays: 90}, ...change,
	};
};

test('every part with and without something in it', t => {
	const bare = renderMarkdown(report({alerts: []}));
	for (const text of ['No sources are configured, and there are no snapshots.', 'No jobs are scheduled.', 'None.', '- 0 verifications; the last one of all: never']) {
		t.true(bare.split('\n').includes(text), text);
	}

	const text = renderMarkdown(report({
		storage: [{url: '/r', usedBytes: 2_000_000, freeBytes: 1_000_000, usedPercent: 66, grownBytes: -3000, growthBytesPerDay: 1000, daysUntilFull: 12.9, history: []}],
		jobs: [{name: 'ver|ify', kind: 'verify', isEnabled: false, runs: 3, partial: 0, failed: 1, interrupted: 0, missed: 2, durations: {medianMs: 61_000, longestMs: 7_200_000}, lastFailure: {time: '2026-11-20T05:00:00.000Z', summary: 'There is no <repository>'}}],
		alerts: [buildAlert({object: 'a|b\nc', cause: 'x', acknowledged: {time: '2026-11-20T05:00:00.000Z', user: 'r*t'}})],
		verification: {runs: 2, damaged: 1, last: '2026-11-20T05:00:00.000Z', snapshots: 3, verified: 1, verifiedEver: 2, withAllData: 1, coverage: [{time: '2026-11-14T05:00:00.000Z', share: 0}, {time: '2026-11-20T05:00:00.000Z', share: 0.5}], coverageDays: 90},
	}));
	t.true(text.includes('- /r: 2.0 MB used, 1.0 MB free (the disk is 66 % full), −3.0 kB in this time, +1.0 kB a day, full in 12 days at that pace'));
	t.true(text.includes(String.raw`| ver\|ify (off) | 3 | 1 | 0 | 2 | 1m 01s | 2h 00m |`));
	t.true(text.includes(String.raw`There is no \<repository\>`));
	t.true(text.includes(String.raw`- **warning** a\|b\\x0ac: no backup for 3 days`));
	t.true(text.includes(String.raw`; r\*t took note of it)`));
	t.true(text.includes('- 2 verifications, of which 1 found damage; the last one of all: 2026-11-20 '));
	t.true(text.includes('- Of 3 snapshots 1 (33.3 %) were found intact in this time, 2 ever, 1 of these with all of their data'));
	t.true(text.includes('- recovery: owner, kept for recovery (never proven on this host), made '));
});

test('a hostile source has one row, and prints no control character', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const name = 'x\u001B[31m|\n# y\u202E';
	mkdirSync(host.path(name));
	writeFileSync(host.path(name, 'f'), 'f');
	await host.runHere(['backup', `./${name}`]);
	const {stdout} = await host.runHere(['report']);
	t.notRegex(stdout.replaceAll('\n', ''), /[\u0000-\u001F\u007F-\u009F\u202E]/);
	t.is(stdout.split('\n').filter(line => line.startsWith('# ')).length, 1);
	t.is(stdout.split('\n').filter(line => line.includes(String.raw`x\\x1b`)).length, 1);
});
