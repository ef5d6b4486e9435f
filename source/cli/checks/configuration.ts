import {constants} from 'node:fs';
import {access, stat} from 'node:fs/promises';
import path from 'node:path';
import {errorText, examineSource, findProgram, systemErrorCode, type Runtime, type Source} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import {toSource} from '../configured-source.ts';
import {formatAmount} from '../../text/format.ts';
import {namedSecretVariables} from '../secrets.ts';
import {splitWords} from '../split-words.ts';
import {fail, failWith, ok, warn, type Check} from './check.ts';

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(3, '0');

/** The configuration: is it there, is it right, who may write it. Gives it along, for the checks that need it. */
export async function checkConfiguration(context: CommandContext): Promise<{readonly check: Check; readonly config?: LoadedConfig}> {
	const name = 'configuration';
	const file = context.paths.configFile;
	let config: LoadedConfig | undefined;
	try {
		config = await context.config();
	} catch (error) {
		return {check: failWith(name, error)};
	}

	if (config === undefined) {
		return {check: warn(name, `there is none (${file})`, 'Nothing is backed up by itself. Run "coffer init", which makes one.')};
	}

	const {mode} = await stat(file);
	const evidence = `${file}, mode ${octal(mode)}, ${formatAmount(config.sources.length, 'source')}`;
	if ((mode & 0o020) !== 0) {
		return {check: warn(name, evidence, `Its group may write to it, and it can name programs to run. Run: chmod 600 ${file}`), config};
	}

	return {check: config.sources.length > 0 ? ok(name, evidence) : warn(name, evidence, 'No source is configured: "coffer backup" without a path does nothing. Add some: coffer config edit'), config};
}

async function checkFiles(name: string, paths: readonly string[]): Promise<Check> {
	for (const full of paths) {
		try {
			await access(full, constants.R_OK);
		} catch (error) {
			return systemErrorCode(error) === 'ENOENT'
				? fail(name, `${full} is not there`, 'Mount it, or take it out: coffer config edit')
				: fail(name, `${full} cannot be read: ${errorText(error)}`, 'Run coffer as a user who may read it.');
		}
	}

	return ok(name, paths.join(', '));
}

/** The programs of a source's hooks. */
function findHookProblem({before, after}: Source, runtime: Runtime): string | undefined {
	for (const [name, hook] of Object.entries({before, after})) {
		const program = hook && 'command' in hook ? hook.command[0]! : undefined;
		if (program !== undefined && findProgram([program], runtime) === undefined) {
			return `the program ${program} of the hook "${name}" is not on this machine, or may not be run`;
		}
	}

	return undefined;
}

/** What each source says is to be backed up: files can be read, programs are there, servers answer. */
export async function checkSources(config: LoadedConfig, runtime: Runtime): Promise<Check[]> {
	return Promise.all(config.sources.map(async configured => {
		const source = toSource(configured, config.folder);
		const check = `source ${source.name}`;
		const problem = findHookProblem(source, runtime);
		if (problem !== undefined) {
			return fail(check, problem, 'Install it, or name it by its absolute path: coffer config edit');
		}

		if (source.kind === 'files') {
			return checkFiles(check, source.paths);
		}

		try {
			const places = await examineSource(source, runtime, {hidden: namedSecretVariables(config)});
			return ok(check, `${source.kind}: ${places.join(', ')}`);
		} catch (error) {
			return failWith(check, error);
		}
	}));
}

async function isProgram(program: string, searchPath: string | undefined): Promise<boolean> {
	const candidates = program.includes('/') ? [program] : (searchPath ?? '').split(':').filter(folder => folder !== '').map(folder => path.join(folder, program));
	for (const candidate of candidates) {
		try {
			await access(candidate, constants.X_OK);
			return true;
		} catch {}
	}

	return false;
}

/** The programs of others that a run would start; none are needed for files. */
export async function checkPrograms({environment}: CommandContext, config: LoadedConfig | undefined): Promise<Check[]> {
	const named = new Map<string, string>();
	for (const what of ['key', 'passphrase'] as const) {
		const reference = config?.[what];
		if (reference && 'command' in reference) {
			named.set(reference.command[0]!, `the ${what} in the configuration`);
		}
	}

	const command = environment['COFFER_PASSPHRASE_COMMAND'];
	if (command) {
		try {
			named.set(splitWords(command, 'COFFER_PASSPHRASE_COMMAND')[0]!, 'COFFER_PASSPHRASE_COMMAND');
		} catch (error) {
			return [failWith('program', error)];
		}
	}

	return Promise.all([...named].map(async ([program, what]) => await isProgram(program, environment['PATH'])
		? ok(`program ${program}`, `is there, for ${what}`)
		: fail(`program ${program}`, `is not found, and ${what} needs it`, `Install it, or name it with its whole path. The search path is ${environment['PATH'] || 'empty'}.`)));
}
