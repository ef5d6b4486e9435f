import {commands, globalFlags, type Command, type Flag, type Flags} from '../command-table.ts';
import {byName, toFlagName} from '../flag-names.ts';

/** What may follow: fixed words, files, or what only `coffer completion words KIND` can tell. */
export type Completion = {readonly words: readonly string[]; readonly hasFiles: boolean; readonly kinds: readonly WordKind[]};

/** Words that depend on configuration and repository. */
export const wordKinds = ['sources', 'snapshots'] as const;
export type WordKind = typeof wordKinds[number];

const fileValues: ReadonlySet<string> = new Set(['FILE', 'DIR', 'URL']);

/** The names of flags as they are typed, without the hidden ones. */
export function flagWords(flags: Flags): string[] {
	return Object.entries(flags).filter(([, flag]) => !flag.isHidden).map(([key, flag]) => `--${flag.isOnByDefault ? 'no-' : ''}${toFlagName(key)}`);
}

/** What may follow a flag that takes a value; `undefined` for flags that take none, or may stand bare. */
export function completeFlag(flag: Flag): Completion | undefined {
	return flag.type === 'boolean' || flag.bareValue !== undefined ? undefined : {words: flag.choices ?? [], hasFiles: fileValues.has(flag.value ?? ''), kinds: flag.value === 'S' ? ['sources'] : []};
}

/** What may follow a command, read off its usage: words in lower case stand for themselves. */
export function completeArguments({usage}: Command): Completion {
	// Of the flags in the usage nothing is wanted; "latest:SOURCE" comes with the snapshots.
	const places = usage.split('--', 1)[0]!.replaceAll('[:SOURCE]', '');
	return {
		words: [...places.matchAll(/\b[a-z]+\b/g)].map(([word]) => word),
		hasFiles: /\b(?:PATH|FILE|DIR)\b/.test(places),
		kinds: [...(/\bSOURCE\b/.test(places) ? ['sources' as const] : []), ...(/\bID\b/.test(places) ? ['snapshots' as const] : [])],
	};
}

/** Every flag that a command knows, with its name. */
export function flagsOf(command: string): Map<string, Flag> {
	return byName({...globalFlags, ...commands[command]!.flags});
}
