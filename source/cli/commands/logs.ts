import {CofferError, errorText, systemErrorCode} from '../../engine/index.ts';
import {followLogs, type LogNews} from '../../logs/follow-logs.ts';
import {runFacts, type LogEntry} from '../../logs/log-entry.ts';
import {newestEntries} from '../../logs/newest-entries.ts';
import {toSafeJson} from '../../text/display-text.ts';
import {formatAmount, formatSecond} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {FolderWatch} from '../log-watch.ts';
import {maximumLines, readLogRequest, type LogRequest} from '../log-request.ts';
import {styled, type Output, type Piece} from '../output.ts';

const levelWidth = 'error'.length;
const channelWidth = 'security'.length;
const timeWidth = '2026-11-21 19:30:05'.length;
/** Lines are handed to a slow reader in so many at a time. */
const linesAtOnce = 1000;

function levelPiece(level = '-'): Piece {
	const text = level.padEnd(levelWidth);
	switch (level) {
		case 'error':
		case 'fatal': {
			return styled(text, 'red');
		}

		case 'warn': {
			return styled(text, 'yellow');
		}

		default: {
			return text;
		}
	}
}

/** A value as it stands behind its name: in quotes where it would be mistaken for more than one. */
const valueText = (value: string): string => /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);

function entryPieces({timeMs, level, channel, message, facts}: LogEntry, isVerbose: boolean): Piece[] {
	const shown = facts.filter(([name]) => isVerbose || name === 'run' || !runFacts.includes(name));
	return [
		styled((timeMs === undefined ? '-' : formatSecond(new Date(timeMs).toISOString())).padEnd(timeWidth), 'dim'),
		'  ', levelPiece(level), '  ', channel.padEnd(channelWidth), '  ', message,
		...(shown.length === 0 ? [] : ['  ', styled(shown.map(([name, value]) => `${name}=${valueText(value)}`).join(' '), 'dim')]),
	];
}

function printJson(output: Output, {channel, value, message}: LogEntry): void {
	const whole = value === undefined ? {channel, text: message} : {channel, ...value};
	try {
		toSafeJson(whole);
	} catch {
		// Too deep to be written again.
		output.value({channel, text: message});
		return;
	}

	output.value(whole);
}

async function print(output: Output, entries: readonly LogEntry[]): Promise<void> {
	for (const [index, entry] of entries.entries()) {
		if (!output.hasReader) {
			return;
		}

		if (output.isJson) {
			printJson(output, entry);
		} else {
			output.print(...entryPieces(entry, output.isVerbose));
		}

		if (index % linesAtOnce === linesAtOnce - 1) {
			await output.settle();
		}
	}

	await output.settle();
}

/** Show what is there. */
async function showNewest({output, log}: CommandContext, {channels, filter, count}: LogRequest): Promise<number> {
	try {
		const {entries, hasMore} = await newestEntries(log.folder, {channels, filter, count});
		await print(output, entries);
		if (entries.length === 0 && count > 0 && !output.isQuiet) {
			output.tell(`no such line is in the logs of ${log.folder}.`);
		} else if (hasMore && count === maximumLines && !output.isQuiet) {
			output.tell(`these are the newest ${formatAmount(count, 'line')}; there are older ones.`);
		}

		return 0;
	} catch (error) {
		throw systemErrorCode(error) === undefined && !(error instanceof Error) ? error : new CofferError('state-failed', `The logs in ${log.folder} cannot be read: ${errorText(error)}. Look at them as the user that runs the backups.`, {context: {folder: log.folder}, cause: error});
	}
}

/** Show what is there and what comes, until somebody ends it or nobody reads any more. */
async function follow({output, log, runtime, signals}: CommandContext, {channels, filter, count}: LogRequest): Promise<number> {
	const ending = new AbortController();
	let isInterrupted = false;
	const interrupt = () => {
		isInterrupted = true;
		ending.abort();
	};

	const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
	for (const name of names) {
		signals.on(name, interrupt);
	}

	const watch = new FolderWatch(log.folder, runtime);
	try {
		await followLogs(log.folder, {channels, filter, count, signal: ending.signal, wait: async () => watch.wait(ending.signal), async onNews({entries, problem}: LogNews) {
			await print(output, entries);
			if (problem !== undefined) {
				output.tell(problem);
			}

			if (!output.hasReader) {
				ending.abort();
			}
		}});
		return isInterrupted ? 130 : 0;
	} finally {
		watch.close();
		for (const name of names) {
			signals.off(name, interrupt);
		}
	}
}

/** `coffer logs`. Needs neither repository nor key nor configuration. */
export async function logs(context: CommandContext): Promise<number> {
	const request = readLogRequest(context);
	return request.isFollowing ? follow(context, request) : showNewest(context, request);
}
