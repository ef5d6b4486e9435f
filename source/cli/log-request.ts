import {CofferError} from '../engine/index.ts';
import {logChannels, type LogChannel, type LogLevel} from '../logs/channel.ts';
import type {LogFilter} from '../logs/log-entry.ts';
import type {CommandContext} from './command-line.ts';
import {findNearest} from './nearest.ts';
import {parsePastTime} from './past-time.ts';

/** So many lines are shown at most. */
export const maximumLines = 100_000;
const usualLines = 100;

function parseLines(text: string): number {
	const lines = /^\d{1,6}$/.test(text) ? Number(text) : -1;
	if (lines < 0 || lines > maximumLines) {
		throw new CofferError('usage', `--lines takes a whole number from 0 to ${maximumLines}, not "${text}".`);
	}

	return lines;
}

function parseChannels(input: readonly string[]): readonly LogChannel[] {
	for (const word of input) {
		if (!logChannels.includes(word as LogChannel)) {
			const nearest = findNearest(word, logChannels);
			throw new CofferError('usage', `There is no log "${word}"; there are ${logChannels.join(', ')}.${nearest === undefined ? '' : ` Did you mean "${nearest}"?`}`);
		}
	}

	return input.length === 0 ? logChannels : logChannels.filter(channel => input.includes(channel));
}

/** What `coffer logs` shall show. */
export type LogRequest = {readonly channels: readonly LogChannel[]; readonly filter: LogFilter; readonly count: number; readonly isFollowing: boolean};

/** @throws `usage` */
export function readLogRequest({arguments: flags, runtime}: Pick<CommandContext, 'arguments' | 'runtime'>): LogRequest {
	const since = flags.text('since');
	const lines = flags.text('lines');
	const run = flags.text('run');
	if (run !== undefined && !/^[\da-f]{1,8}$/.test(run)) {
		throw new CofferError('usage', `--run takes the id of a run, as "coffer logs" shows it, or its first digits; not "${run}".`);
	}

	return {
		channels: parseChannels(flags.input),
		filter: {level: flags.text('level') as LogLevel | undefined, source: flags.text('source'), run, ...(since !== undefined && {sinceMs: parsePastTime(since, runtime.now(), '--since')})},
		count: lines === undefined ? (since === undefined && run === undefined ? usualLines : maximumLines) : parseLines(lines),
		isFollowing: flags.isSet('follow'),
	};
}
