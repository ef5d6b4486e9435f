import {readdirSync, readFileSync} from 'node:fs';
import test from 'ava';
import {commands, globalFlags, laterCommands} from '../../source/cli/command-table.ts';
import {byName} from '../../source/cli/flag-names.ts';
import {alertKinds, runbookOf} from '../../source/engine/index.ts';

const folder = 'docs/runbooks/';
const names = readdirSync(folder).filter(name => name !== 'README.md').toSorted();
const pages = new Map(names.map(name => [name.replace(/\.md$/, ''), readFileSync(`${folder}${name}`, 'utf8')]));
const sections = ['What it means', 'How to check', 'What to do', 'When to escalate', 'How to see that it is over'];

/** Whatever stands as code in a page and calls this program: in a line or a block of its own. */
function calls(page: string): string[] {
	const blocks = [...page.matchAll(/```sh\n(?<code>.*?)```/gs)].flatMap(({groups}) => groups!['code']!.split('\n'));
	const inline = [...page.replaceAll(/```.*?```/gs, '').matchAll(/`(?<code>[^`]+)`/g)].map(({groups}) => groups!['code']!);
	return [...blocks, ...inline].filter(code => code.startsWith('coffer '));
}

/** What is wrong with a call; nothing where the program takes it, or a later version will. */
function flawsOf(call: string): string[] {
	const [first = '', ...words] = call.split(' ').slice(1);
	if (laterCommands.includes(first)) {
		return [];
	}

	const command = commands[first];
	const flags = new Set([...byName(globalFlags).keys(), ...byName(command?.flags ?? {}).keys()]);
	const unknown = (command === undefined ? [first, ...words] : words).filter(word => word.startsWith('--') && !flags.has(word.slice(2).split('=', 1)[0]!));
	const choices = command === undefined ? [] : /^(?<choices>[a-z]+(?:\|[a-z]+)+)(?: |$)/.exec(command.usage)?.groups?.['choices']?.split('|') ?? [];
	const [action] = words;
	return [
		...(command === undefined && !first.startsWith('--') ? [`${call}: there is no command "${first}"`] : []),
		...unknown.map(word => `${call}: there is no flag ${word}`),
		...(choices.length > 0 && action !== undefined && !choices.includes(action) ? [`${call}: it knows no "${action}"`] : []),
	];
}

test('every kind of alert has its page', t => {
	t.deepEqual(alertKinds.filter(kind => !pages.has(kind)), []);
	t.true(alertKinds.every(kind => runbookOf(kind) === `${folder}${kind}.md`));
	t.log(`${alertKinds.length} kinds, ${pages.size} pages`);
});

for (const [kind, page] of pages) {
	test(`${kind}: all sections, each with something in it, and only commands that there are`, t => {
		t.true(page.startsWith(`# \`${kind}\`: `));
		t.regex(page, /^Severity: .*(?:warning|critical).*\.$/m);
		const [, ...parts] = page.split(/^## /m);
		t.deepEqual(parts.map(part => part.split('\n', 1)[0]), sections);
		t.true(parts.every(part => part.split('\n').slice(1).join('').trim().length > 30));
		t.regex(parts[2]!, /^1\. \S/m, 'steps');
		t.true(calls(page).length > 0);
		t.deepEqual(calls(page).flatMap(call => flawsOf(call)), []);
	});
}

test('links lead to pages that are there', t => {
	const links = [...pages, ['README', readFileSync(`${folder}README.md`, 'utf8')] as const].flatMap(([kind, page]) => [...page.matchAll(/\]\((?<target>[^)#]+)\)/g)].map(({groups}) => [kind, groups!['target']!] as const));
	t.true(links.length > pages.size);
	for (const [kind, target] of links) {
		t.notThrows(() => readFileSync(`${folder}${target}`), `${kind} → ${target}`);
	}
});

test('wrong calls are seen', t => {
	t.deepEqual(['coffer backup NAME', 'coffer --headless', 'coffer verify --read-data=10%', 'coffer key check FILE'].flatMap(call => flawsOf(call)), []);
	t.deepEqual(['coffer bakup', 'coffer backup --now', 'coffer key turn', 'coffer --nothing'].map(call => flawsOf(call).length), [1, 1, 1, 1]);
});
