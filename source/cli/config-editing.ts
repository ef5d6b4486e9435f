import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {realpath, rm} from 'node:fs/promises';
import {CofferError, environmentOfPrograms, errorText, systemErrorCode} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import {checkConfig, describeProblems, readConfigText} from './config.ts';
import {copyBeside, replaceConfig} from './config-replacement.ts';
import {writeNewFile} from './durable-file.ts';
import {splitWords} from './split-words.ts';

function failed(what: string, cause?: unknown): CofferError {
	return new CofferError('state-failed', what, {cause});
}

/** $VISUAL or $EDITOR in words; without a shell, so that nothing in a file's name is taken for a command. */
function editorOf({environment}: CommandContext): string[] {
	const name = ['VISUAL', 'EDITOR'].find(candidate => environment[candidate]);
	return name === undefined ? ['vi'] : splitWords(environment[name]!, `$${name}`);
}

/** Variables of the environment that a configuration says hold a secret, also where it cannot be used otherwise. */
function variablesNamedIn(text: string): string[] {
	return [...text.matchAll(/"env"\s*:\s*"(?<name>[^"]*)"/g)].map(match => match.groups!['name']!);
}

/** Let a person edit the file. @param hidden - Names of variables that the editor does not get. @throws `state-failed` when the editor cannot be run or does not end well */
async function runEditor(context: CommandContext, file: string, hidden: readonly string[]): Promise<void> {
	const [program = '', ...programArguments] = editorOf(context);
	// A Ctrl-C is meant for the editor, which shares the terminal.
	await context.interruptible(async () => {
		const child = spawn(program, [...programArguments, file], {stdio: 'inherit', env: environmentOfPrograms(context.environment, hidden)});
		let code: number | null;
		let signal: string | null;
		try {
			[code, signal] = await once(child, 'close') as [number | null, string | null];
		} catch (error) {
			throw failed(systemErrorCode(error) === 'ENOENT' ? `There is no editor "${program}". Name one in $VISUAL or $EDITOR.` : `The editor "${program}" could not be run: ${errorText(error)}`, error);
		}

		if (code !== 0) {
			throw failed(`The editor "${program}" ended with ${signal ?? `exit code ${code}`}.`);
		}
	});
}

/**
Edit a copy of the configuration, check it, and put it in the configuration's place.
@param whileNoted - Does that, and notes it.
@throws `usage` without a terminal; `configuration-invalid` where there is no configuration, or where what was typed cannot be used; `state-failed`. What was typed is kept in the copy then, and the message names it
*/
export async function editConfig(context: CommandContext, whileNoted: (replace: () => Promise<void>) => Promise<void>): Promise<'changed' | 'unchanged'> {
	const {paths, isInteractive, runtime} = context;
	if (!isInteractive) {
		throw new CofferError('usage', `There is no terminal to edit in. Change ${paths.configFile} with another program, and check it with "coffer config validate".`);
	}

	const before = await readConfigText(paths.configFile);
	if (before === undefined) {
		throw new CofferError('configuration-invalid', `There is no configuration ${paths.configFile} to edit. Run "coffer init", which makes one.`);
	}

	// A link to the configuration stays one.
	const file = await realpath(paths.configFile);
	const copy = copyBeside(file, runtime.randomBytes(4).toString('hex'));
	try {
		await writeNewFile(copy, before);
	} catch (error) {
		throw failed(`The configuration ${file} cannot be edited: no copy of it can be made in its folder: ${errorText(error)}`, error);
	}

	let isCopyNeeded = false;
	try {
		await runEditor(context, copy, variablesNamedIn(before));
		isCopyNeeded = true;
		const after = await readConfigText(copy) ?? before;
		if (after === before) {
			isCopyNeeded = false;
			return 'unchanged';
		}

		const {problems} = await checkConfig(after);
		if (problems.length > 0) {
			throw new CofferError('configuration-invalid', `What you typed cannot be used, so the configuration is as before: ${describeProblems(problems)} It is kept in ${copy}.`, {context: {copy}});
		}

		if (await readConfigText(file) !== before) {
			throw failed(`The configuration ${file} was changed by somebody else meanwhile and is left as it is. What you typed is kept in ${copy}.`);
		}

		await whileNoted(async () => replaceConfig(file, after, copy));
		isCopyNeeded = false;
		return 'changed';
	} catch (error) {
		isCopyNeeded ||= await readConfigText(copy).catch(() => before) !== before;
		throw error instanceof CofferError && (!isCopyNeeded || error.message.includes(copy)) ? error : failed(`${errorText(error)} What you typed is kept in ${copy}.`, error);
	} finally {
		if (!isCopyNeeded) {
			await rm(copy, {force: true});
		}
	}
}
