import {CofferError} from '../engine/index.ts';
import {commands} from './command-table.ts';
import type {CommandContext, RunCommand} from './command-line.ts';
import {toFlagName} from './flag-names.ts';
import {findNearest} from './nearest.ts';

/** One word of a command that has several. */
export type Subcommand = {
	/** What follows its name, in words; it takes one argument then. */
	readonly argument?: string;
	readonly flags?: readonly string[];
	/** Not named to people. @default false */
	readonly isHidden?: boolean;
	readonly load: () => Promise<RunCommand>;
};

/** Flags belong to the command as a whole; each subcommand takes some of them. */
function assertFits(command: string, name: string, {argument, flags = []}: Subcommand, {input, isSet, choice, text}: CommandContext['arguments']): void {
	const foreign = Object.keys(commands[command]!.flags).find(flag => !flags.includes(flag) && (isSet(flag) || choice(flag) !== undefined || text(flag) !== undefined));
	if (foreign !== undefined) {
		throw new CofferError('usage', `"coffer ${command} ${name}" takes no --${toFlagName(foreign)}. "coffer ${command} --help" says which flags it takes.`);
	}

	if (input.length > 1 && argument === undefined) {
		throw new CofferError('usage', `"coffer ${command} ${name}" takes no argument; "${input[1]!}" is one too many.`);
	}
}

/**
Run the subcommand that the first argument names.
@param usual - The one that is meant where none is named.
@throws `usage` for one that there is not, and flags that it does not take
*/
export async function runSubcommand(context: CommandContext, command: string, subcommands: Readonly<Record<string, Subcommand>>, usual: string): Promise<number> {
	const [name = usual] = context.arguments.input;
	const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
	if (subcommand === undefined) {
		const names = Object.keys(subcommands).filter(known => !subcommands[known]!.isHidden);
		const quoted = new Intl.ListFormat('en-GB').format(names.map(known => `"${known}"`));
		const nearest = findNearest(name, names);
		throw new CofferError('usage', `"coffer ${command}" knows ${quoted}; not "${name}".${nearest === undefined ? '' : ` Did you mean "${nearest}"?`} "coffer ${command} --help" says what they do.`);
	}

	assertFits(command, name, subcommand, context.arguments);
	const execute = await subcommand.load();
	return execute(context);
}
