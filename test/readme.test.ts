import {readFileSync} from 'node:fs';
import test from 'ava';
import {commands} from '../source/cli/command-table.ts';
import {exitCodes} from '../source/cli/exit-codes.ts';

const readme = readFileSync('README.md', 'utf8');

/** The rows of the table below a heading. */
function tableBelow(heading: string): string[] {
	const section = readme.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
	return section.split('\n').filter(line => line.startsWith('|')).slice(2);
}

test('the README\'s table of commands is that of the program', t => {
	t.deepEqual(tableBelow('Commands'), Object.entries(commands).map(([name, {usage, does}]) => `| \`${`${name} ${usage}`.trim().replaceAll('|', String.raw`\|`)}\` | ${does} |`));
});

test('the README\'s table of exit codes is that of the program', t => {
	t.deepEqual(tableBelow('Exit codes'), exitCodes.map(({code, meaning}) => `| ${code} | ${meaning} |`));
});
