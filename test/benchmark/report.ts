import {formatAmount, formatBytes} from '../../source/text/format.ts';
import {steps} from './figures.ts';
import {table} from './markdown.ts';
import type {Machine} from './machine.ts';
import {renderDataSet, renderTargets} from './report-compare.ts';
import {renderCores} from './report-cores.ts';
import {renderProfiles} from './report-profile.ts';
import {renderSizes} from './report-sizes.ts';
import {sectionNames, type SectionName} from './sections.ts';
import {profileNames, type Results, type SectionResult} from './stored-results.ts';
import {tools} from './tools/tools.ts';

type Measured = {readonly name: string; readonly date: string; readonly machine: Machine; readonly rounds: number};

const sectionTitles: Readonly<Record<SectionName, string>> = {compare: 'comparison', sizes: 'cost per file and per byte', cores: 'processors and threads'};

const machineRows: ReadonlyArray<readonly [string, (machine: Machine) => string]> = [
	['processor', ({processor, cores}) => `${processor}, ${formatAmount(cores, 'core')}`],
	['memory', ({memoryBytes}) => formatBytes(memoryBytes)],
	['system', ({system, kernel}) => `${system}, Linux ${kernel}`],
	['file system', ({fileSystem}) => fileSystem],
];

function renderMachines({sections, profiles}: Results): string {
	const all = [
		...sectionNames.map(name => ({name: sectionTitles[name], result: sections[name]})),
		...profileNames.map(name => ({name: `profile ${name}`, result: profiles[name]})),
	].flatMap(({name, result}): Measured[] => result === undefined ? [] : [{...result, name}]);
	return table(['', ...all.map(({name}) => name)], [
		['date', ...all.map(({date}) => date)],
		['rounds', ...all.map(({rounds}) => String(rounds))],
		...machineRows.map(([title, textOf]) => [title, ...all.map(({machine}) => textOf(machine))]),
	], '---');
}

function renderTools(measured: readonly SectionResult[]): string {
	const rows = new Map(measured.flatMap(({installed}) => installed.map(({key, versions}) => [`${key} ${versions.join(', ')}`, [tools[key].name, versions.join(', '), tools[key].terms.replaceAll('|', String.raw`\|`)]] as const)));
	return table(['tool', 'versions', 'how it is set'], [...rows.values()], '---');
}

function renderLeftOut({sections}: Results): string {
	const found = sectionNames.flatMap(section => (sections[section]?.leftOut ?? []).map(({name, reason}) => ({text: `${name}: ${reason}`, title: sectionTitles[section]})));
	const titlesByText = Map.groupBy(found, ({text}) => text);
	const lines = [...titlesByText].map(([text, titles]) => `- ${text} (${titles.map(({title}) => title).join('; ')}).`);
	return ['Left out:', [...lines, '- kopia and others that Debian does not package: what could not be tried is not compared.'].join('\n')].join('\n\n');
}

const protocol = [
	'- In each round every step is done by all tools, one after the other, before the next step begins; each round begins with another tool, and with new data and new repositories. The two data sets of the comparison are measured in one run; the other sections are runs of their own.',
	`- The steps: ${Object.values(steps).map(({title, does}) => `*${title}*: ${does}`).join('; ')}. Making an empty repository is not timed.`,
	'- What is timed is the whole process, from before its start to after its end, as somebody at a prompt waits for it. CPU is user and system time of all its processes.',
	'- Peak memory is the largest of all steps: the largest resident set of one process as the kernel counts it (GNU time); where several processes run at once, the sum over them, taken ten times a second, when that is more. In the sum, a page that several share counts once.',
	'- The data is read once before each round, so that all of it is in memory where memory suffices. Before each step the file system is told to write what earlier steps left (`sync`), so that nobody pays for another; what a tool syncs by itself is part of its time.',
	'- Repositories are local, on the same disk as the data. Their size is the sum of their files\' lengths, without caches that lie elsewhere; after the next day, three backups are in each. Growth is what the third backup added.',
	'- *Verify* reads everything in the repository with coffer (`verify --read-data`), restic (`check --read-data`) and borg (`check --verify-data`). duplicity (`verify`) reads the newest backup, with what it builds upon, and compares it with the source; the pipeline decrypts and lists its newest archive.',
	'- Encryption is on everywhere, passphrases and keys come from files or the environment. Settings and caches of the host reach no tool.',
	'- In the first round, what each tool restored is compared with the source, byte for byte, and a difference ends the run.',
].join('\n');

/** The document, in Markdown. */
export function renderReport(results: Results): string {
	const {sections: {compare, sizes, cores}, profiles} = results;
	const measured = [compare, sizes, cores].filter(section => section !== undefined);
	return `${[
		'# Benchmarks',
		'Made by `npm run bench`; the text, too: change `test/benchmark/report.ts` and its neighbours, not this file. Less is better everywhere; the least is bold. "To coffer" is how many times as much as coffer a tool takes: above 1 coffer is ahead.',
		...(measured.some(({isTrial}) => isTrial) ? ['**A trial**, with fewer rounds, less data or fewer tools than a comparison needs. Do not compare by it.'] : []),
		'## Machine',
		renderMachines(results),
		'## Tools',
		renderTools(measured),
		renderLeftOut(results),
		'## Protocol',
		protocol,
		...(compare ? [renderTargets(compare), ...compare.dataSets.map(dataSet => renderDataSet(dataSet, compare.rounds))] : []),
		...(sizes ? [renderSizes(sizes)] : []),
		...(cores ? [renderCores(cores)] : []),
		...(Object.keys(profiles).length > 0 ? [renderProfiles(profiles)] : []),
		'## To repeat it',
		`\`\`\`sh\nsudo apt-get install restic borgbackup duplicity tar zstd openssl time linux-perf\nnpm ci\n${[...new Set(measured.map(({commandLine}) => commandLine)), 'npm run bench:profile -- after', 'npm run bench -- --render'].join('\n')}\n\`\`\``,
		'The generated data is the same on every machine. `TMPDIR` chooses the disk (default `/var/tmp`); the free space that it needs is checked before. `npm run bench -- --help` tells the options; `--sections` runs a part. '
		+ 'What is published is kept in `test/benchmark/results/`, so that the document can be made from parts that ran apart. With `--size 0.05 --rounds 1` it tries every command in a few minutes, and keeps nothing. Leave the machine alone while it runs.',
	].join('\n\n')}\n`;
}
