import path from 'node:path';
import {parseArgs} from 'node:util';
import {numberFlag} from './script.ts';
import {sectionNames, type SectionName} from './sections.ts';
import {toolKeys, type ToolKey} from './tools/tools.ts';

export type Options = {
	readonly sections: readonly SectionName[];
	/** Measure nothing: make the document from what is stored. */
	readonly isRenderOnly: boolean;
	readonly rounds: number;
	readonly only: readonly ToolKey[] | undefined;
	/** Of the generated data; 1 is what is published. */
	readonly size: number;
	/** The folder of the machine that is copied as the second data set. */
	readonly real: string;
	/** `undefined` for stdout. */
	readonly output: string | undefined;
	/** Less than what is published: fewer rounds, less data or fewer tools. Such results are not stored. */
	readonly isTrial: boolean;
	/** What repeats it; other folders of this machine are not named. */
	readonly commandLine: string;
	readonly isHelp: boolean;
};

const published = {rounds: 3, size: 1, real: '/usr/share', output: 'docs/benchmarks.md'};

export const helpText = `npm run bench -- [--sections NAME,…] [--rounds N] [--only TOOL,…] [--size FACTOR] [--real DIR] [--output FILE] | --render

Compares coffer with its peers (${toolKeys.join(', ')}), stores the results in test/benchmark/results/, and makes a document of all that are stored.

--sections NAME,…  only these: compare (all tools, all steps, two data sets), sizes (cost per file and per byte), cores (processors and threads)
--render           measure nothing; make the document from what is stored
--rounds N         how often everything is done (default ${published.rounds})
--only TOOL,…      only these tools
--size FACTOR      of the generated data; 1, the default, is 981 MB for an app server
--real DIR         the second data set of "compare": a copy of this folder (default ${published.real})
--output FILE      where the document goes (default ${published.output})

A trial, with fewer rounds, less data or fewer tools, is not stored, and its document goes to stdout.
Everything lies in a new folder below $TMPDIR (default /var/tmp), which is removed in the end: choose a local disk.
`;

/** The names of a list with commas between them. @throws RangeError for one that is none */
function parseNames<Name extends string>(flag: string, text: string, known: readonly Name[]): Name[] {
	return text.split(',').map(name => {
		const found = known.find(candidate => candidate === name);
		if (found === undefined) {
			throw new RangeError(`--${flag} takes names out of ${known.join(', ')}, with commas between them, not "${name}"`);
		}

		return found;
	});
}

/** @throws Error that says what is wrong with the arguments. */
export function parseOptions(argv: readonly string[]): Options {
	const {values} = parseArgs({
		args: [...argv],
		options: {
			sections: {type: 'string'}, render: {type: 'boolean'}, rounds: {type: 'string'}, only: {type: 'string'}, size: {type: 'string'}, real: {type: 'string'}, output: {type: 'string'}, help: {type: 'boolean'},
		},
	});
	const rounds = numberFlag('rounds', values.rounds, published.rounds, {minimum: 1, maximum: 100, isWhole: true});
	const size = numberFlag('size', values.size, published.size, {minimum: 0.001, maximum: 100, isWhole: false});
	const only = values.only === undefined ? undefined : parseNames('only', values.only, toolKeys);
	const sections = values.sections === undefined ? sectionNames : sectionNames.filter(name => parseNames('sections', values.sections!, sectionNames).includes(name));
	const isRenderOnly = values.render ?? false;
	if (isRenderOnly && Object.keys(values).some(name => name !== 'render' && name !== 'output')) {
		throw new RangeError('--render measures nothing: only --output goes with it');
	}

	const isTrial = rounds < published.rounds || size < published.size || only !== undefined;
	const differing = [
		...(sections.length === sectionNames.length ? [] : [`--sections ${sections.join(',')}`]),
		...(rounds === published.rounds ? [] : [`--rounds ${rounds}`]),
		...(size === published.size ? [] : [`--size ${size}`]),
		...(only === undefined ? [] : [`--only ${only.join(',')}`]),
		...(values.real === undefined || values.real === published.real ? [] : ['--real DIR']),
	];
	const commandLine = ['npm run bench', ...(differing.length > 0 ? ['--'] : []), ...differing].join(' ');
	return {
		commandLine, sections, isRenderOnly,
		rounds, only, size, isTrial, real: path.resolve(values.real ?? published.real), output: values.output ?? (isTrial ? undefined : published.output), isHelp: values.help ?? false,
	};
}
