import type {ErrorCode} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import {usualPath} from './find-program.ts';

/** One run of another program: no shell, no arguments that are secrets. */
export type ProgramCall = {
	/** Absolute path, as `findProgram` gives it. */
	readonly program: string;
	/** Put `--` before names that come from elsewhere. */
	readonly arguments: readonly string[];
	/** What it does, for messages: `pg_dump of the database "crm"`. */
	readonly what: string;
	/** Besides the clean environment that every program gets. Never a secret. @default none */
	readonly environment?: Readonly<Record<string, string>>;
	/** Secrets: the program reads the first as the file /dev/fd/3, the next as /dev/fd/4 and so on. They lie in memory alone, and stay the caller's. @default none */
	readonly secretFiles?: readonly Uint8Array[];
	/** @default '/' */
	readonly workingFolder?: string;
	/** The code of the error when it fails. @default 'source-failed' */
	readonly failureCode?: ErrorCode;
};

/** What programs are run with. */
export type ProgramContext = {
	readonly runtime: Runtime;
	/** Ends the program when it fires. */
	readonly signal?: AbortSignal | undefined;
	/** Is told what the program has written to its standard error, cut where it is long. */
	readonly log: (message: string) => void;
};

const kept = new Set(['HOME', 'USER', 'LOGNAME', 'TZ']);

/** The environment of every program: the usual folders, a locale that does not change with who calls, and where its user is at home; nothing else of ours. */
export function cleanEnvironment({environment}: Pick<Runtime, 'environment'>): Record<string, string> {
	const own = Object.entries(environment).filter(([name, value = '']) => kept.has(name) && value !== '');
	return {...Object.fromEntries(own) as Record<string, string>, PATH: usualPath, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8'};
}
