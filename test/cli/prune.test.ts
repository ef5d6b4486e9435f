import {writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {createSystemRuntime, type RetentionDecision, type Runtime} from '../../source/engine/index.ts';
import {createHostWithPast, sourceFolder} from '../helpers/host-with-past.ts';
import type {Outcome, TestHost} from '../helpers/run-coffer.ts';
import {describeFolder} from '../helpers/walk-folder.ts';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

const backup = (daysAgo: number) => ({daysAgo, files: {'a.txt': `as it was ${daysAgo} days ago`, 'big.bin': `${daysAgo} `.repeat(50_000)}});

/** A host with two sources: one that is backed up well, one that stopped long ago. */
async function prepare(t: ExecutionContext): Promise<TestHost> {
	return createHostWithPast(t, [
		{name: 'etc', backups: [45, 40, 31, 29, 10, 1].map(days => backup(days))},
		{name: 'old', backups: [200, 190].map(days => backup(days))},
	]);
}

/** The system's clock, put forward or back. */
function clockOff(offMs: number): Runtime {
	const system = createSystemRuntime();
	return {...system, now: () => system.now() + offMs};
}

const summaryOf = ({json}: Outcome): Record<string, any> => json().at(-1)!;
const listSnapshots = async (host: TestHost): Promise<Array<Record<string, any>>> => (await host.runHere(['snapshots', '--json'])).json()[0] as unknown as Array<Record<string, any>>;
const daysOf = (snapshots: ReadonlyArray<Record<string, any>>, source: string): number[] => snapshots.filter(one => one['source'] === source).map(one => Math.round((Date.now() - Date.parse(one['time'] as string)) / dayMs)).toSorted((a, b) => b - a);
/** Its objects; folders change when a lock comes and goes. */
const listRepository = (host: TestHost) => Object.fromEntries(Object.entries(describeFolder(host.repository)).filter(([, what]) => what.startsWith('file')));

test('the dry run says of every snapshot what becomes of it and why, and changes nothing; the run does what it said', async t => {
	const host = await prepare(t);
	const before = listRepository(host);
	const dry = await host.runHere(['prune', '--dry-run', '--no-color']);
	t.deepEqual([dry.code, dry.stderr], [0, '']);
	t.regex(dry.stdout, /^source +kept +go +oldest kept\netc +3 +3 +\S+ \S+\nold +1 +1 +\S+ \S+\n/);
	t.is(dry.stdout.match(/^goes .*older than 30 days \(class daily\)$/gm)?.length, 4);
	t.is(dry.stdout.match(/^kept .*younger than 30 days \(class daily\)/gm)?.length, 3);
	t.regex(dry.stdout, /^kept +[\da-f]{8} +\S+ \S+ +old +daily +the newest good one of its source$/m);
	t.regex(dry.stdout, /Would forget 4 snapshots; 4 snapshots would be left\.\nWould free [\d.]+ \wB: \d+ of \d+ packs would go.*\.\n(?:[^\n]*\n)*Nothing was changed\.\n$/);
	t.deepEqual(listRepository(host), before);
	const promised = summaryOf(await host.runHere(['prune', '--dry-run', '--json']));
	t.deepEqual(listRepository(host), before);

	const run = await host.runHere(['prune', '--json']);
	t.deepEqual([run.code, run.stderr], [0, '']);
	const summary = summaryOf(run);
	t.like(summary, {event: 'summary', isDryRun: false, remaining: 4});
	const decisions = summary['decisions'] as RetentionDecision[];
	t.is(decisions.length, 8);
	t.deepEqual(decisions.map(({snapshot: {id}, isKept}) => [id, isKept]), (promised['decisions'] as RetentionDecision[]).map(({snapshot: {id}, isKept}) => [id, isKept]));
	// Encrypted anew, an object takes a few bytes more or less.
	t.true(Math.abs(Number(summary['freedBytes']) - Number(promised['freedBytes'])) < 1000, `${String(summary['freedBytes'])}, promised ${String(promised['freedBytes'])}`);
	const left = await listSnapshots(host);
	t.deepEqual([daysOf(left, 'etc'), daysOf(left, 'old')], [[29, 10, 1], [190]]);
	t.is((await host.runHere(['verify', '--read-data'])).code, 0);

	const again = await host.runHere(['prune', '--no-color']);
	t.regex(again.stdout, /Forgot 0 snapshots; 4 snapshots left\.\nThere was nothing to free\.\n$/);
});

test('log and security log name what was forgotten, with the rule', async t => {
	const host = await prepare(t);
	await host.runHere(['prune', '--dry-run']);
	t.notRegex(host.log(), /snapshot forgotten/);
	await host.runHere(['prune']);
	for (const channel of ['backup', 'security'] as const) {
		const lines = host.log(channel).split('\n').filter(line => line.includes('snapshot forgotten')).map(line => JSON.parse(line) as Record<string, unknown>);
		t.deepEqual(lines.map(line => line['source']), ['old', 'etc', 'etc', 'etc']);
		t.true(lines.every(line => line['reason'] === 'older than 30 days (class daily)'));
	}

	t.regex(host.log(), /"prune ends"/);
});

test('rules of the configuration count, of a source before those of all', async t => {
	const host = await prepare(t);
	const sources = ['etc', 'old'].map(name => ({name, paths: [sourceFolder(host, name)], ...(name === 'old' && {retention: {last: 5}})}));
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: host.keyFile}, sources, retention: {last: 2}}));
	t.is((await host.runHere(['prune'])).code, 0);
	const left = await listSnapshots(host);
	t.deepEqual([daysOf(left, 'etc'), daysOf(left, 'old')], [[10, 1], [200, 190]]);
});

test('--no-retention forgets nothing', async t => {
	const host = await prepare(t);
	const run = await host.runHere(['prune', '--no-retention', '--json']);
	t.like(summaryOf(run), {decisions: [], forgotten: [], remaining: 8});
	t.is((await listSnapshots(host)).length, 8);
});

test('what is asked wrongly is refused before any work', async t => {
	const host = await prepare(t);
	const before = listRepository(host);
	for (const [argv, message] of [
		[['--max-repack', 'much'], /--max-repack takes an amount such as 500M or 2G, or 0, not "much"/],
		[['--no-retention', '--trust-clock'], /with --no-retention nothing is/],
		[['etc'], /prune/],
	] as const) {
		const {code, stderr} = await host.runHere(['prune', ...argv]);
		t.is(code, 2, argv.join(' '));
		t.regex(stderr, message);
	}

	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: host.keyFile}, retention: {dayly: 1}}));
	const {code, stderr} = await host.runHere(['prune']);
	t.is(code, 2);
	t.regex(stderr, /retention\.dayly is unknown here \(did you mean "daily"\?\) \(line 1, column \d+\)/);
	t.deepEqual(listRepository(host), before);
});

test('a clock that is put back a day, or forward ten years, prunes nothing, also after it has made backups', async t => {
	const host = await prepare(t);
	t.is((await host.runHere(['status'])).code, 0);
	let before = listRepository(host);
	const refused = async (offMs: number, message: RegExp) => {
		for (const argv of [['prune'], ['prune', '--dry-run'], ['prune', '--json']]) {
			const {code, stdout, stderr} = await host.runHere(argv, {runtime: clockOff(offMs)});
			t.is(code, 1, argv.join(' '));
			t.false(stdout.includes('summary') || stdout.includes('orgot'), argv.join(' '));
			t.regex(stderr, message);
		}

		t.deepEqual(listRepository(host), before);
	};

	await refused(-dayMs, /there is something later: a time that this host's clock has told before/);
	await refused(3653 * dayMs, /there is no sign of life of this host: the machine was off, or its clock was put forward/);
	t.is((await host.runHere(['backup', 'etc', '--class', 'daily'], {runtime: clockOff(3653 * dayMs)})).code, 0);
	before = listRepository(host);
	await refused(3653 * dayMs + hourMs, /no sign of life/);
	await refused(0, /there is something later: (?:the snapshot [\da-f]{8} of "etc"|a time)/);
	t.is((await host.runHere(['prune', '--no-retention'], {runtime: clockOff(-dayMs)})).code, 0, 'what no snapshot needs goes by no clock');

	const trusted = await host.runHere(['prune', '--trust-clock', '--json']);
	t.is(trusted.code, 0, trusted.stderr);
	t.true((summaryOf(trusted)['decisions'] as RetentionDecision[]).find(({reasons}) => reasons[0]!.rule === 'future')?.isKept);
	t.is((await host.runHere(['prune'])).code, 0, 'what was dated by the wrong clock counts no more against it');
	t.deepEqual(daysOf(await listSnapshots(host), 'etc').filter(days => days >= 0), [29, 10, 1]);
});

test('garbage from the future and in bursts pushes out nothing', async t => {
	const host = await createHostWithPast(t, [{name: 'etc', backups: [3, 2, 1].map(days => backup(days))}]);
	writeFileSync(host.configFile, JSON.stringify({repository: host.repository, key: {file: host.keyFile}, sources: [{name: 'etc', paths: [sourceFolder(host, 'etc')]}], retention: {last: 4}}));
	t.is((await host.runHere(['status'])).code, 0);
	for (let index = 0; index < 6; index++) {
		writeFileSync(path.join(sourceFolder(host, 'etc'), 'garbage'), String(index));
		t.is((await host.runHere(['backup', 'etc'], {runtime: clockOff(index * 1000)})).code, 0);
	}

	t.is((await host.runHere(['prune'])).code, 0);
	t.is((await listSnapshots(host)).length, 9);
	for (const years of [1, 2, 3, 4, 5]) {
		t.is((await host.runHere(['backup', 'etc'], {runtime: clockOff(years * 365 * dayMs)})).code, 0);
	}

	t.is((await host.runHere(['prune', '--trust-clock'])).code, 0);
	t.is((await listSnapshots(host)).length, 14);
});

test('as cron starts it: a bare environment, the root as folder, no word but errors', async t => {
	const host = await prepare(t);
	const environment = {PATH: '/nonexistent', LANG: undefined, LC_ALL: 'C', TERM: undefined, NODE_OPTIONS: undefined};
	const run = host.run(['prune', '--headless', '--quiet'], {environment, cwd: '/'});
	t.deepEqual([run.code, run.stdout, run.stderr], [0, '', '']);
	t.is((await listSnapshots(host)).length, 4);
});
