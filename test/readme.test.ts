import {readFileSync} from 'node:fs';
import test from 'ava';
import {commands} from '../source/cli/command-table.ts';
import {exitCodes} from '../source/cli/exit-codes.ts';
import {bindings, keyText, type Binding} from '../source/ui/keymap.ts';

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

test('the README\'s table of keys is that of the dashboard', t => {
	const all: readonly Binding[] = bindings;
	const everyScreen = [...new Set(all.flatMap(({screens}) => screens))];
	const screensText = ({screens}: Binding): string => {
		const others = everyScreen.filter(screen => !screens.includes(screen));
		return others.length <= 1 ? ['all', ...others].join(' but ') : screens.join(', ');
	};

	t.deepEqual(tableBelow('Keys of the dashboard'), all.map(binding => `| ${binding.keys.map(key => `\`${keyText(key)}\``).join(' ')} | ${screensText(binding)} | ${binding.help} |`));
});
