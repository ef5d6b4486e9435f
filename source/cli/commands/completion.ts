import {CofferError} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {bashCompletion} from '../completion/bash.ts';
import {fishCompletion} from '../completion/fish.ts';
import {wordKinds} from '../completion/words.ts';
import {zshCompletion} from '../completion/zsh.ts';

const scripts: Readonly<Record<string, () => string>> = {bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion};

/** `completion words KIND` is for the scripts. */
async function printWords(context: CommandContext, kind: string | undefined): Promise<number> {
	const known = wordKinds.find(candidate => candidate === kind);
	if (known === undefined) {
		throw new CofferError('usage', `"coffer completion words" knows ${wordKinds.join(' and ')}.`);
	}

	const {dynamicWords} = await import('../completion/dynamic-words.ts');
	const words = await dynamicWords(known, context);
	context.output.value(words);
	for (const word of words) {
		context.output.print(word);
	}

	return 0;
}

/** `coffer completion`. */
export async function completion(context: CommandContext): Promise<number> {
	const {arguments: flags, output} = context;
	const [shell, kind] = flags.input;
	if (shell === 'words') {
		return printWords(context, kind);
	}

	if (shell === undefined || !Object.hasOwn(scripts, shell) || kind !== undefined) {
		throw new CofferError('usage', `Name one shell: ${Object.keys(scripts).join(', ')}${shell === undefined ? '' : `; not "${flags.input.join(' ')}"`}.`);
	}

	const script = scripts[shell]!();
	output.value({shell, script});
	for (const line of script.split('\n')) {
		output.printCode(line);
	}

	return 0;
}
