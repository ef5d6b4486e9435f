import {errorText, systemErrorCode} from '../engine/index.ts';
import type {Clock} from './clock.ts';
import {LogReader} from './log-reader.ts';

/** How often the log is looked at, in milliseconds. */
export const lookMs = 1000;

/** What is new of a log. */
export type LogNews = {
	/** Oldest first, without their ends. They may hold anything. */
	readonly lines: readonly string[];
	/** Why it cannot be read now, and what to do; `undefined`: it can. */
	readonly problem?: string;
};

export type LogFollowerOptions = {
	readonly clock: Pick<Clock, 'after'>;
	/** Ends it. */
	readonly signal: AbortSignal;
	/** Told after the first look, and then whenever there are lines, another problem, or no problem any more. */
	readonly onNews: (news: LogNews) => void;
};

function explain(error: unknown, file: string): string {
	switch (systemErrorCode(error)) {
		case 'ENOENT': {
			return `There is no log at ${file}. It begins with the next backup, and is shown as soon as it is there.`;
		}

		case 'EACCES':
		case 'EPERM': {
			return `The log ${file} may not be read by this user. Open the dashboard as the user that runs the backups.`;
		}

		default: {
			return `The log ${file} cannot be read: ${errorText(error)}.`;
		}
	}
}

/** Read the end of a log, and then what is written to it. */
export async function followLog(file: string, {clock, signal, onNews}: LogFollowerOptions): Promise<void> {
	const reader = new LogReader(file);
	let last: string | undefined;
	for (let isFirst = true; !signal.aborted; isFirst = false) {
		const lines: string[] = [];
		let problem: string | undefined;
		try {
			await reader.read(line => {
				lines.push(line);
			});
		} catch (error) {
			problem = explain(error, file);
		}

		const isNews = isFirst || lines.length > 0 || problem !== last;
		last = problem;
		if (isNews && !signal.aborted) {
			onNews({lines, ...(problem !== undefined && {problem})});
		}

		await pause(clock, signal);
	}

	await reader.close();
}

/** Until the next look, or until there shall be none. */
async function pause(clock: Pick<Clock, 'after'>, signal: AbortSignal): Promise<void> {
	if (signal.aborted) {
		return;
	}

	await new Promise<void>(resolve => {
		const end = () => {
			cancel();
			resolve();
		};

		const cancel = clock.after(lookMs, () => {
			signal.removeEventListener('abort', end);
			resolve();
		});
		signal.addEventListener('abort', end, {once: true});
	});
}
