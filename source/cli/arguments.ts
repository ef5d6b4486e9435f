import meow, {type AnyFlags} from 'meow';
import {CofferError} from '../engine/index.ts';
import {commands, globalFlags, laterCommands, type Flag, type Flags} from './command-table.ts';
import {byName} from './flag-names.ts';
import {findNearest} from './nearest.ts';

/** A command line, taken apart. */
export type Arguments = {
	/** `undefined` where none is named. */
	readonly command: string | undefined;
	/** What follows the command. */
	readonly input: readonly string[];
	isSet(flag: string): boolean;
	/** A boolean flag as it was typed, `--no-…` being `false`; `undefined` where it was not. */
	choice(flag: string): boolean | undefined;
	/** The value of a flag that takes one. */
	text(flag: string): string | undefined;
	/** The values of a repeatable flag. */
	texts(flag: string): readonly string[];
};

function usage(message: string, command?: string): CofferError {
	return new CofferError('usage', `${message} "coffer ${command === undefined ? '' : `${command} `}--help" says what there is.`);
}

function notYet(what: string): CofferError {
	return new CofferError('usage', `${what} is not in this version of coffer.`);
}

const allFlags = new Map([...byName(globalFlags), ...Object.values(commands).flatMap(({flags}) => [...byName(flags)])]);

/** Whether the token is a flag whose value is the next one. */
function hasNextAsValue(token: string, flags: ReadonlyMap<string, Flag>): boolean {
	const flag = flags.get(token.slice(2));
	return token.startsWith('--') && flag?.type === 'string' && flag.bareValue === undefined;
}

/** Where the command stands among the tokens; -1 where there is none. */
function findCommand(argv: readonly string[]): number {
	for (let index = 0; index < argv.length; index++) {
		const token = argv[index]!;
		if (token === '--') {
			return -1;
		}

		if (!token.startsWith('-')) {
			return index;
		}

		index += hasNextAsValue(token, allFlags) ? 1 : 0;
	}

	return -1;
}

function assertKnownFlag(token: string, flags: ReadonlyMap<string, Flag>, command: string | undefined): void {
	const typed = token.split('=', 1)[0]!;
	const name = typed.replace(/^-+/, '');
	const flag = flags.get(name) ?? (name.startsWith('no-') ? flags.get(name.slice(3)) : undefined);
	if (typed.startsWith('--') && flag && (flags.has(name) || flag.type === 'boolean')) {
		if (flag.type === 'boolean' && token.includes('=')) {
			throw usage(`${typed} takes no value.`, command);
		}

		return;
	}

	const nearest = findNearest(name, flags.keys());
	throw usage(`Unknown flag ${typed}${command === undefined ? '' : ` for "${command}"`}.${nearest === undefined ? '' : ` Did you mean --${nearest}?`}`, command);
}

/** Check the tokens, and put the value of a bare flag in its place. */
function prepare(argv: readonly string[], flags: ReadonlyMap<string, Flag>, command: string | undefined): string[] {
	const seen = new Set<string>();
	const prepared: string[] = [];
	for (let index = 0; index < argv.length; index++) {
		const token = argv[index]!;
		if (token === '--') {
			prepared.push(...argv.slice(index));
			break;
		}

		if (!token.startsWith('-') || token === '-') {
			prepared.push(token);
			continue;
		}

		assertKnownFlag(token, flags, command);
		const name = token.slice(2).split('=', 1)[0]!;
		const flag = flags.get(name);
		if (flag?.type === 'string' && !flag.isMultiple && seen.has(name)) {
			throw usage(`--${name} can be given only once.`, command);
		}

		seen.add(name);
		if (flag?.bareValue !== undefined && !token.includes('=')) {
			prepared.push(`${token}=${flag.bareValue}`);
		} else if (hasNextAsValue(token, flags)) {
			const value = argv[++index];
			if (value === undefined || value.startsWith('--')) {
				throw usage(`--${name} needs a value.${value === undefined || value === '--' ? '' : ` If "${value}" is meant as one, write --${name}=${value}.`}`, command);
			}

			prepared.push(`${token}=${value}`);
		} else {
			prepared.push(token);
		}
	}

	return prepared;
}

function assertCommand(name: string): void {
	if (Object.hasOwn(commands, name)) {
		return;
	}

	if (laterCommands.includes(name)) {
		throw notYet(`"${name}"`);
	}

	const nearest = findNearest(name, Object.keys(commands));
	throw usage(`Unknown command "${name}".${nearest === undefined ? '' : ` Did you mean "${nearest}"?`}`);
}

function assertInput(command: string, input: readonly string[]): void {
	if (input.includes('')) {
		throw usage(`"${command}" was given an empty argument, which names nothing. Is a variable of a script not set?`, command);
	}

	const maximum = commands[command]!.maximumArguments ?? Number.POSITIVE_INFINITY;
	if (input.length > maximum) {
		throw usage(`"${command}" takes ${maximum === 0 ? 'no arguments' : `at most ${maximum}`}; "${input[maximum]!}" is one too many.`, command);
	}
}

function assertValues(flags: Flags, values: Readonly<Record<string, unknown>>, command: string | undefined): void {
	for (const [key, flag] of Object.entries(flags)) {
		for (const value of [values[key]].flat().filter(candidate => typeof candidate === 'string')) {
			const [name] = [...byName({[key]: flag}).keys()];
			if (value === '') {
				throw usage(`--${name} needs a value.`, command);
			}

			if (flag.choices && !flag.choices.includes(value)) {
				const nearest = findNearest(value, flag.choices);
				throw usage(`--${name} is one of ${flag.choices.join(', ')}; not "${value}".${nearest === undefined ? '' : ` Did you mean "${nearest}"?`}`, command);
			}
		}
	}
}

function toMeowFlags(flags: Flags): AnyFlags {
	const known: AnyFlags = {};
	for (const [key, flag] of Object.entries(flags)) {
		if (flag.type === 'boolean') {
			known[key] = {type: 'boolean'};
		} else {
			known[key] = flag.isMultiple ? {type: 'string', isMultiple: true} : {type: 'string'};
		}
	}

	return known;
}

/**
Take a command line apart.
@throws `usage` for unknown commands, flags and values, naming the nearest that there is
*/
export function parseArguments(argv: readonly string[]): Arguments {
	const at = findCommand(argv);
	const command = argv[at];
	if (command !== undefined) {
		assertCommand(command);
	}

	const flags: Flags = {...globalFlags, ...(command !== undefined && commands[command]!.flags)};
	const prepared = prepare(argv.filter((_, index) => index !== at), byName(flags), command);
	const {input, flags: values} = meow('', {
		importMeta: import.meta,
		pkg: {name: 'coffer'},
		argv: prepared,
		autoHelp: false,
		autoVersion: false,
		// What is unknown was refused above, with better words.
		allowUnknownFlags: false,
		booleanDefault: undefined,
		flags: toMeowFlags(flags),
	});
	const read: Readonly<Record<string, unknown>> = values;
	assertValues(flags, read, command);
	if (command !== undefined && read['help'] !== true) {
		assertInput(command, input);
	}

	return {
		command,
		input,
		isSet: flag => read[flag] === true,
		choice: flag => typeof read[flag] === 'boolean' ? read[flag] : undefined,
		text: flag => typeof read[flag] === 'string' ? read[flag] : undefined,
		texts: flag => Array.isArray(read[flag]) ? read[flag] as string[] : [],
	};
}
