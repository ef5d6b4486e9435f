import {readFileSync} from 'node:fs';
import process from 'node:process';
import test from 'ava';
import {findDifference} from './compare-trees.ts';
import {checkFreeSpace, neededBytes} from './disk-space.ts';
import {columns, median, ratio, rotate, steps, type Column, type RoundFigures, type Step} from './figures.ts';
import {findTools} from './installed-tools.ts';
import {parseOptions} from './options.ts';
import {renderReport, type Report} from './report.ts';

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
	for (const [argv, message] of [
		[['--rounds', '0'], /--rounds takes a number from 1 to 100, not "0"/],
		[['--rounds', '1.5'], /--rounds/],
		[['--size', '0'], /--size takes a factor/],
		[['--size', 'big'], /not "big"/],
		[['--only', 'coffer,rustic'], /not "rustic"/],
		[['--nothing'], /--nothing/],
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

function round(factor: number): RoundFigures {
	const stepNames = Object.keys(steps) as Step[];
	const values = Object.fromEntries((Object.keys(columns) as Column[]).map(column => [column, factor * (columns[column].unit === 's' ? 1 : 1e6)])) as Record<Column, number>;
	return {values, cpu: Object.fromEntries(stepNames.map(step => [step, factor / 2])) as Record<Step, number>};
}

const report: Report = {
	date: '2026-11-21',
	machine: {processor: 'Model X', cores: 2, memoryBytes: 8e9, system: 'Some Linux 12', kernel: '6.1.0', fileSystem: 'ext2/ext3'},
	rounds: 3,
	commandLine: 'npm run bench',
	isTrial: false,
	installed: [{key: 'coffer', versions: ['coffer 0.1.0', 'node 24.0.0']}, {key: 'pipeline', versions: ['tar 1.34']}],
	leftOut: [{name: 'restic', reason: 'not installed'}],
	dataSets: [{
		title: 'Some data',
		description: 'Of a kind.',
		size: {files: 22_003, bytes: 981e6},
		changes: {small: 21_000, changed: 210, renamed: 42},
		figures: new Map([['coffer', [round(4), round(2), round(30)]], ['pipeline', [round(6), round(10), round(1)]]] as const),
	}],
};

test('the document has every round, medians, ratios, and what was left out', t => {
	const document = renderReport(report);
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
	t.deepEqual(document.match(/^### .*$/gm)?.length, Object.keys(columns).length);
	t.true(document.includes('\n| Peak memory, MB | **4.00** | 6.00 |\n'));
	t.true(document.includes('\n- restic: not installed.\n'));
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
	const [dataSet] = report.dataSets;
	const document = renderReport({...report, isTrial: true, dataSets: [{...dataSet!, figures: new Map([['borg', [round(1)]]])}], rounds: 1});
	t.true(document.includes('| borg | 1.00 | 1.00 | – | 0.50 |'));
	t.true(document.includes('**A trial**'));
});
