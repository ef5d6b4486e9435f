import {readFileSync, renameSync, statSync, writeFileSync} from 'node:fs';
import test, {type ExecutionContext} from 'ava';
import fc from 'fast-check';
import {renderHtml} from '../../source/cli/monitoring/report-html.ts';
import {barChart, lineChart} from '../../source/cli/monitoring/svg-charts.ts';
import type {Report} from '../../source/engine/index.ts';
import {buildReport} from '../../source/engine/monitoring/report/build-report.ts';
import {toSafeText} from '../../source/text/display-text.ts';
import {prepareHost} from '../helpers/command-examples.ts';
import {ago, buildAlert, buildOverview, buildSnapshots, buildSource, dayMs, nowMs} from '../helpers/overview-builder.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {elementsOf, parseWellFormed, textOf, type Element} from '../helpers/well-formed.ts';

/** A week of a source, with whatever text in the place of every text of others. */
function reportOf(name = 'etc', text = 'vault01'): Report {
	const source = buildSource(name, {host: text, lastError: text});
	const snapshots = buildSnapshots(name, 7, {host: text});
	const alert = buildAlert({object: text, message: text, cause: text, nextStep: text, acknowledged: {time: ago(dayMs), user: text, note: text}});
	return buildReport({
		fromMs: nowMs - 7 * dayMs, toMs: nowMs, url: '/srv/backup/coffer', snapshots, overview: buildOverview({sources: [source], host: text, alerts: [alert]}),
		memories: [{source: name, losses: [], runs: [{time: ago(3 * dayMs), outcome: 'failed', durationMs: 1000}]}],
		verifications: new Map(), verifyRuns: [], dataReads: [{time: ago(3 * dayMs), share: 0.5}],
		changes: [
			{event: 'raised', time: ago(5 * dayMs), key: 'late:x', kind: 'late', severity: 'critical', object: text, message: text},
			{event: 'acknowledged', time: ago(4 * dayMs), key: 'late:x', kind: 'late', severity: 'critical', object: text, message: text, user: text, note: text},
			{event: 'resolved', time: ago(3 * dayMs), key: 'late:x', kind: 'late', severity: 'critical', object: text, message: text},
		],
		samples: [3, 2, 1].map(days => ({time: ago(days * dayMs), usedBytes: (10 - days) * 1e9})),
		jobs: [],
	});
}

/** The elements of a page that needs nothing else and does nothing. */
function parse(t: ExecutionContext, html: string): Element[] {
	t.true(html.startsWith('<!DOCTYPE html>\n<html lang="en">'));
	const elements = elementsOf(parseWellFormed(html));
	for (const {name, attributes} of elements) {
		t.false(['script', 'link', 'img', 'iframe', 'object', 'embed', 'base', 'form', 'a', 'use', 'image', 'foreignObject'].includes(name), name);
		t.deepEqual(Object.keys(attributes).filter(key => /^on|^style$|^src|^href/.test(key)), []);
		t.false(Object.entries(attributes).some(([key, value]) => ['x', 'y', 'width', 'height', 'points'].includes(key) && /nan|infinity|undefined|-/i.test(value) && value !== 'width=device-width'), JSON.stringify(attributes));
	}

	const style = elements.filter(({name}) => name === 'style').map(element => textOf(element)).join('');
	t.notRegex(style, /url\(|@import/);
	t.regex(style, /@media print/);
	t.true(elements.some(({attributes}) => attributes['content'] === 'default-src \'none\'; style-src \'unsafe-inline\''));
	return elements;
}

test('a week: tables, and a chart of size, new data and duration of each source, of storage and coverage', t => {
	const elements = parse(t, renderHtml(reportOf()));
	const named = (name: string) => elements.filter(element => element.name === name);
	t.deepEqual(named('h2').map(element => textOf(element)), ['Sources', 'Storage', 'Jobs', 'Open alerts', 'Alerts of this time', 'Verification', 'Keys']);
	t.deepEqual(named('svg').map(({attributes}) => attributes['aria-label']), ['Size of etc', 'New in etc', 'Duration of etc', 'Used by the repository at /srv/backup/coffer', 'Share of the data that was read in 90 days']);
	const bars = named('rect');
	t.is(bars.length, 3 * 8, 'seven snapshots and a failure');
	t.is(bars.filter(({attributes}) => attributes['class'] === 'bad').length, 3);
	t.regex(textOf(bars[0]!), /^\d{4}-\d\d-\d\d \d\d:\d\d: 41\d MB$/);
	const text = named('td').map(element => textOf(element)).join(' ');
	for (const part of ['87.5 %', '24h 00m (vault01)', '2d 0h']) {
		t.true(text.includes(part), part);
	}

	t.true(named('p').some(element => textOf(element) === '1 alert raised, 1 acknowledged (after 24h 00m, the median), 1 resolved (after 2d 0h, the mean time to recovery), 0 open.'));
	t.log(`${elements.length} elements`);
});

test('nothing to report is a page, too', t => {
	const empty = buildReport({
		fromMs: nowMs - dayMs, toMs: nowMs, url: '/r', overview: buildOverview({sources: [], alerts: [], storage: [{url: '/r', level: 'ok'}]}), snapshots: [], memories: [], verifications: new Map(), verifyRuns: [], dataReads: [], changes: [], samples: [], jobs: [],
	});
	const elements = parse(t, renderHtml(empty));
	t.is(elements.filter(({name}) => name === 'p').filter(element => textOf(element) === 'None.').length, 2);
	t.is(elements.filter(({name}) => name === 'rect').length, 0);
});

test('property: whatever a name holds, it is a text', t => {
	const expected = parse(t, renderHtml(reportOf())).map(({name}) => name);
	const hostile = fc.oneof(fc.string({unit: 'binary', maxLength: 20}), fc.string({unit: fc.constantFrom('<', '>', '&', '"', '\'', '/', '=', ' ', 'script', '<!--', '-->', ']]>', '\n', '\u202E', 'a'), maxLength: 20}));
	let count = 0;
	t.notThrows(() => {
		fc.assert(fc.property(hostile, text => {
			const elements = elementsOf(parseWellFormed(renderHtml(reportOf(text, text))));
			count++;
			return elements.map(({name}) => name).join(' ') === expected.join(' ') && textOf(elements.find(({name}) => name === 'h1')!) === `Backups of ${toSafeText(text)}`;
		}), {numRuns: 150});
	});
	t.log(`${count} pages`);
});

test('charts: nothing for nothing, a bar for the least, no division by nothing', t => {
	t.is(barChart('x', []), '');
	t.is(lineChart('x', [{value: 1, text: ''}]), '');
	t.is(lineChart('x', [{value: 1, text: ''}, {value: undefined, text: ''}]), '');
	const heights = (values: ReadonlyArray<number | undefined>) => [...barChart('x', values.map(value => ({value, text: ''}))).matchAll(/ height="(?<height>[\d.]+)"><title>/g)].map(({groups}) => Number(groups!['height']));
	t.deepEqual(heights([0, 0]), [0, 0]);
	t.deepEqual(heights([1, 1_000_000, undefined, 500_000]), [1, 48, 0, 24]);
	t.regex(lineChart('x', [{value: 0, text: ''}, {value: 0, text: ''}]), /points="0,47 240,47"/);
	t.regex(lineChart('x', [{value: 0.5, text: ''}, {value: 1, text: ''}], 1), /points="0,24 240,1"/);
});

test('coffer report: as HTML, into a file, as JSON; one form at a time', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const html = await host.runHere(['report', '--format', 'html']);
	t.deepEqual([html.code, html.stderr], [0, '']);
	t.is(parse(t, html.stdout).filter(({name}) => name === 'rect').length, 3);
	const written = await host.runHere(['report', '--format', 'html', '--output', './out.html']);
	t.deepEqual([written.code, written.stdout], [0, `The report was written to ${host.path('out.html')}.\n`]);
	parse(t, readFileSync(host.path('out.html'), 'utf8'));
	t.is(statSync(host.path('out.html')).mode & 0o777, 0o600);
	t.like(JSON.parse((await host.runHere(['report', '--format', 'json'])).stdout) as object, {totals: {runs: 1, recovery: null}, incidents: [], reactions: {raised: 0, meanResolveMs: null}});
	t.is((await host.runHere(['report', '--format', 'html', '--json'])).code, 2);
	t.like((await host.runHere(['report', '--format', 'html', '--json', '--output', 'out.html'])).json()[0]!, {file: host.path('out.html'), format: 'html'});
	const failed = await host.runHere(['report', '--output', './none/out.md']);
	t.is(failed.code, 1);
	t.regex(failed.stderr, /The report could not be written to .*none\/out\.md/);
});

test('what really happened: an alert that was raised, noted and mended, a source that failed and recovered, data that was read', async t => {
	const host = new TestHost(t);
	await prepareHost(host);
	const configure = (names: readonly string[]) => {
		writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: 'key'}, sources: names.map(name => ({name, paths: [host.path('data')]}))}), {mode: 0o600});
	};

	configure(['data', 'other']);
	await host.runHere(['monitor']);
	const found = (await host.runHere(['monitor', '--json'])).json()[0] as unknown as Array<{key: string; kind: string}>;
	const {key} = found.find(({kind}) => kind === 'never')!;
	t.is((await host.runHere(['alerts', 'ack', key, '--note', 'on my list'])).code, 0);
	renameSync(host.path('data'), host.path('away'));
	t.is((await host.runHere(['backup', 'data'])).code, 1);
	renameSync(host.path('away'), host.path('data'));
	t.is((await host.runHere(['backup'])).code, 0);
	await host.runHere(['verify', '--read-data']);
	await host.runHere(['monitor']);
	const [report] = (await host.runHere(['report', '--json'])).json() as unknown as [{
		incidents: Array<{key: string; severity: string; acknowledged: {note: string; afterMs: number}; resolved: {afterMs: number}}>; reactions: object; totals: object;
		sources: Array<{name: string; recovery: object | null; history: object[]}>; verification: {coverage: Array<{share: number}>; coverageDays: number};
	}];
	const incident = report.incidents.find(each => each.key === key)!;
	t.like(incident, {severity: 'critical', acknowledged: {note: 'on my list'}});
	t.true(incident.resolved.afterMs >= incident.acknowledged.afterMs && incident.acknowledged.afterMs >= 0);
	t.like(report.totals, {recovery: {count: 1, failedSince: null}});
	t.deepEqual(report.sources.map(({name, recovery, history}) => [name, recovery === null, history.length]), [['data', false, 3], ['other', true, 1]]);
	t.deepEqual([report.verification.coverageDays, report.verification.coverage.at(-1)!.share, report.verification.coverage[0]!.share], [90, 1, 0]);
});
