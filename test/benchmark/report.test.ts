import {readFileSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';
import {optionalTest} from '../helpers/optional-test.ts';
import {createFolder} from '../helpers/source-folder.ts';
import {findDifference} from './compare-trees.ts';
import {checkFreeSpace, neededBytes} from './disk-space.ts';
import {columnNames, median, medianOf, ratio, rotate, valueOf, type RoundFigures} from './figures.ts';
import {findTools} from './installed-tools.ts';
import {parseOptions} from './options.ts';
import {createRound, createSection} from './report-samples.ts';
import {renderReport} from './report.ts';
import {parseProcessors, planCores, sectionNames, usableProcessors} from './sections.ts';
import {readResults, storeResult} from './stored-results.ts';
import {assess} from './targets.ts';

test('the median of odd and even numbers of values, in any order', t => {
	t.is(median([3]), 3);
	t.is(median([10, 1, 2]), 2);
	t.is(median([4, 1, 3, 2]), 2.5);
	t.is(median([100, 20, 3]), 20);
	t.throws(() => median([]), {instanceOf: RangeError});
});

test('a ratio needs a reference', t => {
	t.is(ratio(3, 2), 1.5);
	t.is(ratio(3, 0), undefined);
	t.is(ratio(3, undefined), undefined);
});

test('each round begins with another tool', t => {
	const list = ['a', 'b', 'c'];
	t.deepEqual([0, 1, 2, 3].map(by => rotate(list, by).join('')), ['abc', 'bca', 'cab', 'abc']);
	t.deepEqual(rotate([], 2), []);
});

test('a difference between trees is found in either direction', t => {
	const tree = new Map([['a', 'file x'], ['b', 'file y']]);
	t.is(findDifference(tree, new Map(tree)), undefined);
	t.is(findDifference(tree, new Map([['a', 'file x']])), 'b');
	t.is(findDifference(tree, new Map([...tree, ['c', 'file z']])), 'c');
	t.is(findDifference(tree, new Map([...tree, ['a', 'file changed']])), 'a');
});

test('the disk has to have room for the data, every repository and a restored copy', t => {
	t.is(neededBytes(1000, []), 2000);
	t.true(neededBytes(1000, ['pipeline']) >= 5000);
	t.notThrows(() => {
		checkFreeSpace('.', 0);
	});
	t.throws(() => {
		checkFreeSpace('.', Number.MAX_SAFE_INTEGER);
	}, {message: /needs 9007 TB|needs 9\.0 PB/});
});

test('options: what is published by default, trials to stdout, mistakes named', t => {
	t.like(parseOptions([]), {rounds: 3, size: 1, only: undefined, real: '/usr/share', output: 'docs/benchmarks.md', isTrial: false, commandLine: 'npm run bench'});
	t.like(parseOptions(['--rounds', '5']), {isTrial: false, output: 'docs/benchmarks.md', commandLine: 'npm run bench -- --rounds 5'});
	t.like(parseOptions(['--size', '0.05', '--rounds=1', '--only', 'coffer,borg', '--real', '/srv/secret']), {
		isTrial: true, output: undefined, only: ['coffer', 'borg'], real: '/srv/secret', commandLine: 'npm run bench -- --rounds 1 --size 0.05 --only coffer,borg --real DIR',
	});
	t.is(parseOptions(['--rounds', '1', '--output', 'x.md']).output, 'x.md');
	t.deepEqual(parseOptions([]).sections, sectionNames);
	t.like(parseOptions(['--sections', 'cores,compare']), {sections: ['compare', 'cores'], isTrial: false, commandLine: 'npm run bench -- --sections compare,cores', isRenderOnly: false});
	t.like(parseOptions(['--render']), {isRenderOnly: true, output: 'docs/benchmarks.md'});
	for (const [argv, message] of [
		[['--rounds', '0'], /--rounds takes a whole number from 1 to 100, not "0"/],
		[['--rounds', '1.5'], /--rounds/],
		[['--size', '0'], /--size takes a number from 0\.001 to 100/],
		[['--size', 'big'], /not "big"/],
		[['--only', 'coffer,rustic'], /not "rustic"/],
		[['--nothing'], /--nothing/],
		[['--sections', 'compare,speed'], /--sections takes names out of compare, sizes, cores.*not "speed"/],
		[['--render', '--rounds', '3'], /--render measures nothing/],
	] as const) {
		t.throws(() => parseOptions(argv), {message});
	}
});

test('tools that were not asked for are left out by name, with the reason', t => {
	const {installed, leftOut} = findTools([]);
	t.deepEqual(installed, []);
	t.deepEqual(leftOut.map(({name, reason}) => `${name}: ${reason}`), ['coffer', 'restic', 'borg', 'duplicity', 'tar, zstd, openssl'].map(name => `${name}: not asked for (\`--only\`)`));
});

test('a tool that is there is named with its versions', t => {
	const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string};
	t.deepEqual(findTools(['coffer']).installed, [{key: 'coffer', versions: [`coffer ${version}`, `node ${process.versions.node}`]}]);
});

test('the columns of a round, and of one in which not everything was done', t => {
	const figures = createRound(2);
	t.deepEqual(columnNames.map(column => valueOf(figures, column)), [2, 2, 2, 2, 2, 2e6, 2e6, 4e6, 2e6]);
	const few: RoundFigures = {first: figures.first!, restore: {...figures.restore!, peakBytes: 9e6}};
	t.deepEqual(columnNames.map(column => valueOf(few, column)), [2, undefined, undefined, undefined, 2, 9e6, 2e6, undefined, undefined]);
	t.is(medianOf([createRound(1), createRound(5), createRound(3)], 'growth'), 3e6);
	t.is(medianOf([figures, few], 'next'), undefined);
	t.is(medianOf([], 'first'), undefined);
});

const compare = createSection([{kind: 'server', contenders: [{id: 'coffer', key: 'coffer', rounds: [4, 2, 30]}, {id: 'pipeline', key: 'pipeline', rounds: [6, 10, 1]}]}]);
const render = (section = compare): string => renderReport({sections: {compare: section}, profiles: {}});

test('the document has every round, medians, ratios, and what was left out', t => {
	const document = render();
	const section = (title: string): string[] => document.split(`\n### ${title}\n`)[1]!.trim().split('\n').slice(0, 4);
	t.deepEqual(section('First backup, s'), [
		'| tool | round 1 | round 2 | round 3 | median | to coffer | CPU, median |',
		'|---|--:|--:|--:|--:|--:|--:|',
		'| coffer | 4.00 | 2.00 | 30.00 | 4.00 | 1.00 | 2.00 |',
		'| tar, zstd, openssl | 6.00 | 10.00 | 1.00 | 6.00 | 1.50 | 3.00 |',
	]);
	t.deepEqual(section('Growth by the next day, MB').slice(2), [
		'| coffer | 4.00 | 2.00 | 30.0 | 4.00 | 1.00 |',
		'| tar, zstd, openssl | 6.00 | 10.0 | 1.00 | 6.00 | 1.50 |',
	]);
	t.deepEqual(document.match(/^### .*$/gm)?.length, columnNames.length);
	t.true(document.includes('\n| Peak memory, MB | **4.00** | 6.00 |\n'));
	t.true(document.includes('\n- restic: not installed (comparison).\n'));
	t.true(document.includes('22 003 files, 981 MB. Of a kind. That is 210 changed and 42 renamed of 21 000 small files.'));
	t.true(document.includes('| processor | Model X, 2 cores |'));
	t.false(document.includes('A trial'));
	// A bar inside a cell would end it.
	t.true(document.includes(String.raw`\`tar \| zstd -3 -T0 \| openssl`.slice(1)));
	const rows = document.split('\n').filter(line => line.startsWith('|'));
	t.log(`${rows.length} rows`);
	t.true(rows.every(line => line.endsWith('|')));
});

test('without coffer there is no ratio; a trial says so', t => {
	const document = render({...createSection([{kind: 'server', contenders: [{id: 'borg', key: 'borg', rounds: [1]}]}]), isTrial: true});
	t.true(document.includes('| borg | 1.00 | 1.00 | – | 0.50 |'));
	t.true(document.includes('**A trial**'));
	t.true(document.includes('| First backup | at most 0.80 of restic | – | – |'));
});

test('how a target stands: against one, the best that was measured, or a number of bytes', t => {
	const medians = {coffer: 6, restic: 10, borg: 8, duplicity: 20, pipeline: 5};
	t.deepEqual(assess({column: 'first', against: 'restic', atMost: 0.6}, medians), {measured: 0.6, peer: 'restic', isMet: true});
	t.deepEqual(assess({column: 'first', against: 'best', atMost: 0.7}, medians), {measured: 0.75, peer: 'borg', isMet: false});
	t.deepEqual(assess({column: 'first', against: 'pipeline', atMost: 1}, medians), {measured: 1.2, peer: 'pipeline', isMet: false});
	t.deepEqual(assess({column: 'memory', against: 'bytes', atMost: 6}, medians), {measured: 6, isMet: true});
	t.is(assess({column: 'first', against: 'restic', atMost: 1}, {coffer: 1, borg: 1}), undefined);
	t.is(assess({column: 'first', against: 'best', atMost: 1}, {restic: 1}), undefined);
	t.is(assess({column: 'growth', against: 'restic', atMost: 1}, {coffer: 1, restic: 0}), undefined);
});

test('the document says of each target whether it is met, and of the best who it is', t => {
	const document = render(createSection([{kind: 'server', contenders: [
		{id: 'coffer', key: 'coffer', rounds: [4]}, {id: 'restic', key: 'restic', rounds: [10]}, {id: 'borg', key: 'borg', rounds: [5]}, {id: 'pipeline', key: 'pipeline', rounds: [2]},
	]}]));
	const rows = document.split('## What coffer aims at')[1]!.split('\n## ')[0]!.split('\n').filter(line => line.startsWith('| ')).slice(1);
	t.log(rows.join('\n'));
	t.is(rows.length, 11);
	t.deepEqual(rows.slice(0, 4), [
		'| First backup | at most 0.80 of restic | 0.40, met | 2.00 |',
		'| First backup, as a stretch | at most 0.60 of restic | 0.40, met | 2.00 |',
		'| First backup, as a stretch | no more than tar, zstd, openssl | 2.00, **not met** | 2.00 |',
		'| No change | at most 0.50 of the best backup program | 0.80 of borg, **not met** | 2.00 |',
	]);
	t.is(rows[8], '| Peak memory | at most 300 MB | 4.0 MB, met | 2.00 |');
});

test('cost at three sizes, and of files and bytes apart', t => {
	const sizes = createSection([
		{kind: 'server', size: {files: 2000, bytes: 100e6}, contenders: [{id: 'coffer', key: 'coffer', rounds: [1]}]},
		{kind: 'server', size: {files: 6000, bytes: 300e6}, contenders: [{id: 'coffer', key: 'coffer', rounds: [2]}]},
		{kind: 'server', size: {files: 22_000, bytes: 1100e6}, contenders: [{id: 'coffer', key: 'coffer', rounds: [6]}]},
		{kind: 'single', size: {files: 1, bytes: 1000}, contenders: [{id: 'coffer', key: 'coffer', rounds: [0.5]}]},
		{kind: 'many', size: {files: 40_001, bytes: 100e6}, contenders: [{id: 'coffer', key: 'coffer', rounds: [4.5]}]},
		{kind: 'large', size: {files: 6, bytes: 600_001_000}, contenders: [{id: 'coffer', key: 'coffer', rounds: [3.5]}]},
	]);
	const document = renderReport({sections: {sizes}, profiles: {}});
	const lines = document.split('\n').filter(line => line.startsWith('| First backup, s | coffer |'));
	t.deepEqual(lines, [
		'| First backup, s | coffer | 1.00 | 2.00 | 6.00 |',
		// Five seconds for 20,000 files more, and for 1,000 MB more.
		'| First backup, s | coffer | 0.500 | 0.333 | 0.273 | 0.250 |',
		'| First backup, s | coffer | 1.000 | 0.667 | 0.545 | 0.500 |',
		'| First backup, s | coffer | 0.50 | 4.50 | 3.50 | 0.100 | 0.500 |',
	]);
	t.is(document.split('### Every round')[1]!.split('\n## ')[0]!.split('\n').filter(line => line.startsWith('| Some data')).length, 6);
});

test('what processors and threads add, as ratios to the least of the same tool', t => {
	const cores = createSection([{kind: 'server', contenders: [
		{id: 'coffer-1-1', key: 'coffer', processors: 1, threads: 1, rounds: [8, 9, 10]},
		{id: 'restic-1', key: 'restic', processors: 1, rounds: [12, 12, 12]},
		{id: 'coffer-2-2', key: 'coffer', processors: 2, threads: 2, rounds: [4.5, 4, 5]},
		{id: 'restic-2', key: 'restic', processors: 2, rounds: [6, 6, 6]},
	]}]);
	const rows = renderReport({sections: {cores}, profiles: {}}).split('\n').filter(line => /^\| (?:coffer|restic), \d/.test(line)).map(line => line.split(' | ').slice(0, 2).join(' | '));
	t.deepEqual(rows, [
		'| coffer, 1 processor, 1 thread | 9.00 (1.00)',
		'| restic, 1 processor | 12.00 (1.00)',
		'| coffer, 2 processors, 2 threads | 4.50 (0.50)',
		'| restic, 2 processors | 6.00 (0.50)',
		'| coffer, 1 processor, 1 thread | 8.00 (4.00), 9.00 (4.50), 10.00 (5.00)',
		'| restic, 1 processor | 12.00 (6.00), 12.00 (6.00), 12.00 (6.00)',
		'| coffer, 2 processors, 2 threads | 4.50 (2.25), 4.00 (2.00), 5.00 (2.50)',
		'| restic, 2 processors | 6.00 (3.00), 6.00 (3.00), 6.00 (3.00)',
	]);
});

test('processors are those that the process may use, and each way is kept on its own', t => {
	t.deepEqual(parseProcessors('0-2,5,7-8'), [0, 1, 2, 5, 7, 8]);
	t.true(usableProcessors().length > 0);
	const places = {source: '/s', repository: '/r', home: '/h', passphraseFile: '/p', target: '/t'};
	const ways = planCores(['coffer', 'restic', 'borg'], [3, 5, 6]);
	t.deepEqual(ways.map(({id}) => id), ['coffer-1-1', 'coffer-1-2', 'coffer-1-4', 'restic-1', 'coffer-2-1', 'coffer-2-2', 'coffer-2-4', 'restic-2']);
	const {argv} = ways[6]!.tool.backup(places, 1);
	t.deepEqual(argv.slice(0, 3), ['taskset', '--cpu-list', '3,5']);
	t.deepEqual(argv.slice(-2), ['--threads', '4']);
	t.deepEqual(ways[3]!.tool.restore(places, 1).argv.slice(0, 4), ['taskset', '--cpu-list', '3', 'restic']);
	t.deepEqual(planCores(['borg'], [0]), []);
});

test('what is stored is read again, and sections that ran apart come together in one document', t => {
	const folder = createFolder(t);
	t.deepEqual(readResults(folder), {sections: {}, profiles: {}});
	storeResult('compare', compare, folder);
	storeResult('cores', {...compare, date: '2026-11-30', machine: {...compare.machine, processor: 'Model Y'}, commandLine: 'npm run bench -- --sections cores'}, folder);
	const results = readResults(folder);
	t.deepEqual(results.sections.compare, compare);
	const document = renderReport(results);
	t.true(document.includes('|  | comparison | processors and threads |\n'));
	t.true(document.includes('| date | 2026-11-21 | 2026-11-30 |\n'));
	t.true(document.includes('| processor | Model X, 2 cores | Model Y, 2 cores |\n'));
	t.true(document.includes('\nnpm run bench\nnpm run bench -- --sections cores\n'));
});

const lackOfResults = readResults().sections.compare === undefined ? 'nothing is stored yet' : undefined;
optionalTest(lackOfResults, 'docs/benchmarks.md is what the stored results give; "npm run bench -- --render" makes it', t => {
	t.is(readFileSync('docs/benchmarks.md', 'utf8'), renderReport(readResults()));
});
