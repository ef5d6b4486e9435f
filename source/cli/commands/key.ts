import {CofferError} from '../../engine/index.ts';
import {commands} from '../command-table.ts';
import type {CommandContext, RunCommand} from '../command-line.ts';
import {toFlagName} from '../flag-names.ts';
import {findNearest} from '../nearest.ts';

type Subcommand = {
	/** What follows its name, in words; it takes one argument then. */
	readonly argument?: string;
	readonly flags?: readonly string[];
	readonly load: () => Promise<RunCommand>;
};

const subcommands: Readonly<Record<string, Subcommand>> = {
	status: {load: async () => (await import('./key-status.ts')).keyStatus},
	list: {load: async () => (await import('./key-status.ts')).keyList},
	rotate: {flags: ['reencrypt', 'ifDue', 'newKeyFile', 'dryRun'], load: async () => (await import('./key-rotate.ts')).keyRotate},
	add: {flags: ['role', 'label', 'expires', 'newKeyFile', 'newPassphrase'], load: async () => (await import('./key-add.ts')).keyAdd},
	remove: {argument: 'key', flags: ['yes'], load: async () => (await import('./key-remove.ts')).keyRemove},
	export: {argument: 'file', flags: ['label', 'passphrase', 'codeFile', 'codeFd'], load: async () => (await import('./key-export.ts')).keyExport},
	import: {argument: 'file', flags: ['newKeyFile'], load: async () => (await import('./key-import.ts')).keyImport},
	check: {argument: 'file', load: async () => (await import('./key-check.ts')).keyCheck},
};

const quoted = new Intl.ListFormat('en-GB').format(Object.keys(subcommands).map(name => `"${name}"`));

/** Flags belong to the command as a whole; each subcommand takes some of them. */
function assertFits(name: string, {argument, flags = []}: Subcommand, {input, isSet, choice, text}: CommandContext['arguments']): void {
	const foreign = Object.keys(commands['key']!.flags).find(flag => !flags.includes(flag) && (isSet(flag) || choice(flag) !== undefined || text(flag) !== undefined));
	if (foreign !== undefined) {
		throw new CofferError('usage', `"coffer key ${name}" takes no --${toFlagName(foreign)}. "coffer key --help" says which flags it takes.`);
	}

	if (input.length > 1 && argument === undefined) {
		throw new CofferError('usage', `"coffer key ${name}" takes no argument; "${input[1]!}" is one too many.`);
	}
}

/** `coffer key`. */
export async function key(context: CommandContext): Promise<number> {
	const [name = 'status'] = context.arguments.input;
	const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
	if (subcommand === undefined) {
		const nearest = findNearest(name, Object.keys(subcommands));
		throw new CofferError('usage', `"coffer key" knows ${quoted}; not "${name}".${nearest === undefined ? '' : ` Did you mean "${nearest}"?`} "coffer key --help" says what they do.`);
	}

	assertFits(name, subcommand, context.arguments);
	const execute = await subcommand.load();
	return execute(context);
}
