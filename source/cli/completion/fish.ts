import {commands, globalFlags, type Flags} from '../command-table.ts';
import {byName} from '../flag-names.ts';
import {completeArguments, completeFlag, type Completion} from './words.ts';

/** In single quotes for fish. */
const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll('\'', String.raw`\'`)}'`;

function argumentsOf({words, kinds}: Completion): string {
	const parts = [...words, ...kinds.map(kind => `(__coffer_words ${kind})`)];
	return parts.length === 0 ? '' : ` -a ${quote(parts.join(' '))}`;
}

function describeFlags(condition: string, flags: Flags): string[] {
	return [...byName(flags)].filter(([, flag]) => !flag.isHidden).map(([name, flag]) => {
		const completion = completeFlag(flag);
		const value = completion === undefined ? '' : ` -r${completion.hasFiles ? ' -F' : ' -f'}${argumentsOf(completion)}`;
		return `complete -c coffer${condition} -l ${flag.isOnByDefault ? 'no-' : ''}${name}${value} -d ${quote(flag.does)}`;
	});
}

/** The completion script for fish (complete(1)). */
export function fishCompletion(): string {
	return [
		'# Completion of coffer for fish. Made by: coffer completion fish',
		'function __coffer_words; command coffer completion words $argv[1] --headless </dev/null 2>/dev/null; end',
		'complete -c coffer -f',
		...Object.entries(commands).map(([name, {does}]) => `complete -c coffer -n __fish_use_subcommand -a ${name} -d ${quote(does)}`),
		...describeFlags('', globalFlags),
		...Object.entries(commands).flatMap(([name, command]) => {
			const condition = ` -n ${quote(`__fish_seen_subcommand_from ${name}`)}`;
			const completion = completeArguments(command);
			const words = argumentsOf(completion);
			return [
				...(words === '' && !completion.hasFiles ? [] : [`complete -c coffer${condition}${completion.hasFiles ? ' -F' : ''}${words}`]),
				...describeFlags(condition, command.flags),
			];
		}),
	].join('\n');
}
