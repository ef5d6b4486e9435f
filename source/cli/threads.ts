import {CofferError, maximumThreads} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import type {Config} from './config-schema.ts';

/** How many worker threads the flag asks for, else the configuration. @throws `usage` for a flag that is no number from 1 to 32 */
export function askedThreads({arguments: flags}: Pick<CommandContext, 'arguments'>, config: Pick<Config, 'threads'> | undefined): number | undefined {
	const text = flags.text('threads');
	if (text === undefined) {
		return config?.threads;
	}

	const threads = /^\d{1,3}$/.test(text) ? Number(text) : 0;
	if (threads < 1 || threads > maximumThreads) {
		throw new CofferError('usage', `--threads takes a whole number from 1 to ${maximumThreads}, not "${text}".`);
	}

	return threads;
}
