import {formatAmount, formatBytes, formatCount} from '../../source/text/format.ts';
import {columns, median, ratio, steps, type Column, type RoundFigures, type Step} from './figures.ts';
import type {InstalledTool, LeftOutTool} from './installed-tools.ts';
import type {Machine} from './machine.ts';
import type {DataSetResult} from './protocol.ts';
import {tools, type ToolKey} from './tools/tools.ts';

export type Report = {
	/** Such as `2026-11-21`. */
	readonly date: string;
	readonly machine: Machine;
	readonly rounds: number;
	/** What repeats it. */
	readonly commandLine: string;
	readonly isTrial: boolean;
	readonly installed: readonly InstalledTool[];
	readonly leftOut: readonly LeftOutTool[];
	readonly dataSets: readonly DataSetResult[];
};

const reference: ToolKey = 'coffer';
const columnNames = Object.keys(columns) as readonly Column[];

function isStep(column: Column): column is Step {
	return Object.hasOwn(steps, column);
}

/** @param alignment - Of all columns but the first. @default numbers, to the right */
function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>, alignment: '--:' | '---' = '--:'): string {
	const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
	return [line(head), `|${head.map((_, index) => `${index === 0 ? '---' : alignment}|`).join('')}`, ...rows.map(row => line(row))].join('\n');
}

/** A figure without its unit, which stands in the head of its column: seconds, or bytes as MB. */
function formatFigure(column: Column, value: number): string {
	if (columns[column].unit === 's') {
		return value.toFixed(2);
	}

	return (value / 1e6).toFixed(value < 1e7 ? 2 : 1);
}

function formatRatio(value: number, referenceValue: number | undefined): string {
	return ratio(value, referenceValue)?.toFixed(2) ?? '–';
}

const valuesOf = (rounds: readonly RoundFigures[], column: Column): number[] => rounds.map(({values}) => values[column]);

function renderSummary({figures}: DataSetResult): string {
	const rows = columnNames.map(column => {
		const medians = [...figures.values()].map(rounds => median(valuesOf(rounds, column)));
		const least = Math.min(...medians);
		const cells = medians.map(value => value === least ? `**${formatFigure(column, value)}**` : formatFigure(column, value));
		return [`${columns[column].title}, ${columns[column].unit}`, ...cells];
	});
	return table(['medians', ...[...figures.keys()].map(key => tools[key].name)], rows);
}

function renderColumn({figures}: DataSetResult, column: Column, roundCount: number): string {
	const referenceRounds = figures.get(reference);
	const referenceMedian = referenceRounds && median(valuesOf(referenceRounds, column));
	const rows = [...figures].map(([key, rounds]) => {
		const values = valuesOf(rounds, column);
		const cpu = isStep(column) ? [median(rounds.map(round => round.cpu[column])).toFixed(2)] : [];
		return [tools[key].name, ...values.map(value => formatFigure(column, value)), formatFigure(column, median(values)), formatRatio(median(values), referenceMedian), ...cpu];
	});
	const {title, unit} = columns[column];
	const rounds = Array.from({length: roundCount}, (_, index) => `round ${index + 1}`);
	return `### ${title}, ${unit}\n\n${table(['tool', ...rounds, 'median', 'to coffer', ...(isStep(column) ? ['CPU, median'] : [])], rows)}`;
}

function renderDataSet(dataSet: DataSetResult, roundCount: number): string {
	const {title, description, size, changes} = dataSet;
	return [
		`## ${title}`,
		`${formatAmount(size.files, 'file')}, ${formatBytes(size.bytes)}. ${description} That is ${formatCount(changes.changed)} changed and ${formatCount(changes.renamed)} renamed of ${formatAmount(changes.small, 'small file')}.`,
		renderSummary(dataSet),
		...columnNames.map(column => renderColumn(dataSet, column, roundCount)),
	].join('\n\n');
}

const protocol = (rounds: number): string => [
	`- Both data sets and all tools in one run, ${formatAmount(rounds, 'round')}. In each round every step is done by all tools, one after the other, before the next step begins; each round begins with another tool, and with new data and new repositories.`,
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
export function renderReport(report: Report): string {
	const {date, machine, rounds, commandLine, isTrial, installed, leftOut, dataSets} = report;
	const leftOutLines = leftOut.map(({name, reason}) => `- ${name}: ${reason}.`);
	return `${[
		'# Benchmarks',
		`Made by \`npm run bench\` on ${date}; the text, too: change \`test/benchmark/report.ts\`, not this file. Less is better everywhere; the least is bold. "To coffer" is how many times as much as coffer a tool takes: above 1 coffer is ahead.`,
		...(isTrial ? ['**A trial**, with fewer rounds, less data or fewer tools than a comparison needs. Do not compare by it.'] : []),
		'## Machine',
		table(['', 'value'], [
			['processor', `${machine.processor}, ${formatAmount(machine.cores, 'core')}`],
			['memory', formatBytes(machine.memoryBytes)],
			['system', `${machine.system}, Linux ${machine.kernel}`],
			['file system', machine.fileSystem],
		], '---'),
		'## Tools',
		table(['tool', 'versions', 'how it is set'], installed.map(({key, versions}) => [tools[key].name, versions.join(', '), tools[key].terms.replaceAll('|', String.raw`\|`)]), '---'),
		'Left out:',
		[...leftOutLines, '- kopia and others that Debian does not package: what could not be tried is not compared.'].join('\n'),
		'## Protocol',
		protocol(rounds),
		...dataSets.map(dataSet => renderDataSet(dataSet, rounds)),
		'## To repeat it',
		`\`\`\`sh\nsudo apt-get install restic borgbackup duplicity tar zstd openssl time\nnpm ci && ${commandLine}\n\`\`\``,
		'The generated data is the same on every machine. `TMPDIR` chooses the disk (default `/var/tmp`); the free space that it needs is checked before. `npm run bench -- --help` tells the options; '
		+ 'with `--size 0.05 --rounds 1` it tries every command in a minute or two. Leave the machine alone while it runs.',
	].join('\n\n')}\n`;
}
