import {readdirSync, readFileSync} from 'node:fs';
import {commands} from '../source/cli/command-table.ts';
import {exitCodes} from '../source/cli/exit-codes.ts';
import {roleAbilities} from '../source/cli/role-abilities.ts';
import {metricTable} from '../source/cli/metrics/metric-table.ts';
import {bindings, keysText, type Binding} from '../source/ui/keymap.ts';

const all: readonly Binding[] = bindings;
const screens = [...new Set(all.flatMap(binding => binding.screens))];
const steps = screens.filter(screen => screen.startsWith('restore-'));

/** On which screens a key works: `all`, `all but set-up`, `main, source`, `restore: pick, target`. */
function screensText(binding: Binding): string {
	const others = screens.filter(screen => !binding.screens.includes(screen));
	if (others.length <= 1) {
		return ['all', ...others].join(' but ');
	}

	const own = steps.filter(step => binding.screens.includes(step));
	const names = own.length === steps.length ? ['restore'] : (own.length > 0 ? [`restore (${own.map(step => step.slice('restore-'.length)).join(', ')})`] : []);
	return [...binding.screens.filter(screen => !steps.includes(screen)), ...names].join(', ');
}

/** The rows of the README's tables that are made from the code, by the heading above each. */
export const readmeTables: Readonly<Record<string, readonly string[]>> = {
	Commands: Object.entries(commands).map(([name, {usage, does}]) => `| \`${`${name} ${usage}`.trim().replaceAll('|', String.raw`\|`)}\` | ${does} |`),
	Roles: Object.entries(roleAbilities).map(([role, {can, cannot, isFor}]) => `| \`${role}\` | ${can} | ${cannot} | ${isFor} |`),
	'Keys of the dashboard': all.map(binding => `| ${keysText(binding).split(' ').map(key => `\`${key}\``).join(' ')} | ${screensText(binding)} | ${binding.help} |`),
	'Exit codes': exitCodes.map(({code, meaning}) => `| ${code} | ${meaning} |`),
};

/** The same of other documents, by their paths. */
export const documentTables: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
	'README.md': readmeTables,
	'docs/runbooks/README.md': {
		Pages: readdirSync('docs/runbooks').filter(name => name !== 'README.md').sort().map(name => runbookRow(name)),
	},
	'docs/metrics.md': {
		'All metrics': Object.entries(metricTable).map(([name, {help, labels}]) => `| \`${name}\` | ${labels.map(label => `\`${label}\``).join(', ')} | ${help} |`),
	},
};

/** The title of a page on a kind of alert, below its kind. */
function runbookRow(name: string): string {
	const title = /^# `[\w-]+`: (?<title>.+)$/m.exec(readFileSync(`docs/runbooks/${name}`, 'utf8'))!.groups!['title']!;
	return `| [\`${name.replace(/\.md$/, '')}\`](${name}) | ${title} |`;
}

/** The text with the rows of one table replaced. */
export function replaceTable(readme: string, heading: string, rows: readonly string[]): string {
	const lines = readme.split('\n');
	const start = lines.findIndex((line, index) => index > lines.indexOf(`## ${heading}`) && line.startsWith('|')) + 2;
	const end = lines.findIndex((line, index) => index >= start && !line.startsWith('|'));
	return [...lines.slice(0, start), ...rows, ...lines.slice(end)].join('\n');
}
