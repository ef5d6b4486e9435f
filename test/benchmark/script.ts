import {mkdtemp, realpath, rm} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {checkFreeSpace} from './disk-space.ts';

const interruption = new AbortController();

/** Print one line for people; results go to stdout. */
export const onProgress = (text: string): void => {
	process.stderr.write(`${text}\n`);
};

/** What a script is started with. */
export type Script<Options extends {readonly isHelp: boolean}> = {
	readonly helpText: string;
	/** @throws Error that says what is wrong with the arguments */
	readonly parse: (argv: readonly string[]) => Options;
	/** @param signal - Fires when somebody interrupts the script. */
	readonly run: (options: Options, signal: AbortSignal) => Promise<void>;
};

/** Run a script with the arguments of this process. Exit codes: 0, 1 failed, 2 wrong arguments, 130 interrupted. */
export async function runScript<Options extends {readonly isHelp: boolean}>({helpText, parse, run}: Script<Options>): Promise<void> {
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => {
			interruption.abort(new Error(`Interrupted by ${signal}: what lay in the work folder is removed.`));
		});
	}

	let options: Options;
	try {
		options = parse(process.argv.slice(2));
	} catch (error) {
		process.stderr.write(`${(error as Error).message}\n\n${helpText}`);
		process.exitCode = 2;
		return;
	}

	if (options.isHelp) {
		process.stdout.write(helpText);
		return;
	}

	try {
		await run(options, interruption.signal);
	} catch (error) {
		const isInterrupted = interruption.signal.aborted;
		process.stderr.write(`${((isInterrupted ? interruption.signal.reason : error) as Error).message}\n`);
		process.exitCode = isInterrupted ? 130 : 1;
	}
}

/**
Do something in a new folder below $TMPDIR (default /var/tmp), which goes afterwards.
@param neededBytes - What it takes at most.
@throws Error when there is too little room
*/
export async function inWorkFolder<Result>(neededBytes: number, action: (workFolder: string) => Promise<Result>): Promise<Result> {
	const disk = process.env['TMPDIR'] ?? '/var/tmp';
	checkFreeSpace(disk, neededBytes);
	const workFolder = await mkdtemp(path.join(await realpath(disk), 'coffer-bench-'));
	try {
		return await action(workFolder);
	} finally {
		await rm(workFolder, {recursive: true, force: true});
	}
}

/** Today, as documents have it. */
export const today = (): string => new Date().toISOString().slice(0, 10);

export type NumberRange = {readonly minimum: number; readonly maximum: number; readonly isWhole: boolean};

/** A number among the arguments. @throws RangeError that names the flag */
export function numberFlag(name: string, text: string | undefined, fallback: number, {minimum, maximum, isWhole}: NumberRange): number {
	const value = text === undefined ? fallback : Number(text);
	if (!(value >= minimum && value <= maximum) || (isWhole && !Number.isSafeInteger(value))) {
		throw new RangeError(`--${name} takes a ${isWhole ? 'whole ' : ''}number from ${minimum} to ${maximum}, not "${text}"`);
	}

	return value;
}
