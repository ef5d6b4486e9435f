import path from 'node:path';
import {parseArgs} from 'node:util';
import {toolKeys, type ToolKey} from './tools/tools.ts';

export type Options = {
	readonly rounds: number;
	readonly only: readonly ToolKey[] | undefined;
	/** Of the generated data; 1 is 981 MB. */
	readonly size: number;
	/** The folder of the machine that is copied as the second data set. */
	readonly real: string;
	/** `undefined` for stdout. */
	readonly output: string | undefined;
	/** Less than what is published: fewer rounds, less data or fewer tools. */
	readonly isTrial: boolean;
	/** What repeats it; other folders of this machine are not named. */
	readonly commandLine: string;
	readonly isHelp: boolean;
};

const published = {rounds: 3, size: 1, real: '/usr/share', output: 'docs/benchmarks.md'};

export const helpText = `npm run bench -- [--rounds N] [--only TOOL,…] [--size FACTOR] [--real DIR] [--output FILE]

Compares coffer with its peers (${toolKeys.join(', ')}) and writes a document.

--rounds N      how often everything is done (default ${published.rounds})
--only TOOL,…   only these tools
--size FACTOR   of the generated data; 1, the default, is 981 MB
--real DIR      the second data set: a copy of this folder (default ${published.real})
--output FILE   where the document goes (default ${published.output}; of a trial, with fewer rounds, less data or fewer tools, stdout)

Everything lies in a new folder below $TMPDIR (default /var/tmp), which is removed in the end: choose a local disk.
`;

function isToolKey(text: string): text is ToolKey {
	return (toolKeys as readonly string[]).includes(text);
}

/** @throws Error that says what is wrong with the arguments. */
export function parseOptions(argv: readonly string[]): Options {
	const {values} = parseArgs({
		args: [...argv],
		options: {
			rounds: {type: 'string'}, only: {type: 'string'}, size: {type: 'string'}, real: {type: 'string'}, output: {type: 'string'}, help: {type: 'boolean'},
		},
	});
	const rounds = Number(values.rounds ?? published.rounds);
	if (!Number.isSafeInteger(rounds) || rounds < 1 || rounds > 100) {
		throw new RangeError(`--rounds takes a number from 1 to 100, not "${values.rounds}"`);
	}

	const size = Number(values.size ?? published.size);
	if (!(size > 0 && size <= 100)) {
		throw new RangeError(`--size takes a factor above 0 and up to 100, not "${values.size}"`);
	}

	const only = values.only?.split(',').map(name => {
		if (!isToolKey(name)) {
			throw new RangeError(`--only takes names out of ${toolKeys.join(', ')}, with commas between them, not "${name}"`);
		}

		return name;
	});
	const isTrial = rounds < published.rounds || size < published.size || only !== undefined;
	const differing = [
		...(rounds === published.rounds ? [] : [`--rounds ${rounds}`]),
		...(size === published.size ? [] : [`--size ${size}`]),
		...(only === undefined ? [] : [`--only ${only.join(',')}`]),
		...(values.real === undefined || values.real === published.real ? [] : ['--real DIR']),
	];
	const commandLine = ['npm run bench', ...(differing.length > 0 ? ['--'] : []), ...differing].join(' ');
	return {
		commandLine,
		rounds, only, size, isTrial, real: path.resolve(values.real ?? published.real), output: values.output ?? (isTrial ? undefined : published.output), isHelp: values.help ?? false,
	};
}
