import {logLevels, type LogChannel, type LogLevel} from './channel.ts';

/** One line of a log. */
export type LogEntry = {
	readonly channel: LogChannel;
	/** In milliseconds since 1970. */
	readonly timeMs?: number;
	/** As the log has it; `undefined` for a line that is no entry of a log. */
	readonly level?: string;
	/** The whole line where it is no entry of a log. May hold anything. */
	readonly message: string;
	/** What it says besides, in the order of the line; what it says of the run that wrote it comes last. */
	readonly facts: ReadonlyArray<readonly [name: string, value: string]>;
	/** What stands in the file, parsed; `undefined` for a line that is no entry of a log. */
	readonly value?: Readonly<Record<string, unknown>>;
};

/** Facts about the run that wrote a line, which stand on every line of it. */
export const runFacts: readonly string[] = ['command', 'run', 'pid'];

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/** An entry of a log, or the line as it is. @param text - May hold anything. */
export function parseLogLine(text: string, channel: LogChannel): LogEntry {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
			const {level, time, msg, ...others} = value as Readonly<Record<string, unknown>>;
			const timeMs = typeof time === 'number' ? time : Date.parse(typeof time === 'string' ? time : '');
			const facts = Object.entries(others).map(([name, fact]) => [name, textOf(fact)] as const);
			return {
				channel, level: level === undefined ? '' : textOf(level), message: msg === undefined ? '' : textOf(msg),
				...(!Number.isNaN(new Date(timeMs).getTime()) && {timeMs}),
				facts: [...facts.filter(([name]) => !runFacts.includes(name)), ...runFacts.flatMap(name => facts.filter(([other]) => other === name))],
				value: value as Readonly<Record<string, unknown>>,
			};
		}
	} catch {
		// It is shown as it is: a line that is half written, or another program's, or too deep.
	}

	return {channel, message: text, facts: []};
}

/** What a line says besides its message, in one line: `subject=etc code=source-missing`. */
export const factsText = ({facts}: Pick<LogEntry, 'facts'>): string => facts.map(([name, value]) => `${name}=${value}`).join(' ');

/** Which lines are wanted. */
export type LogFilter = {
	/** This or a more important level; lines without a level are not among them. @default all lines */
	readonly level?: LogLevel | undefined;
	/** About this source. */
	readonly source?: string | undefined;
	/** The id of a run, or its first digits. */
	readonly run?: string | undefined;
	/** Milliseconds since 1970. */
	readonly sinceMs?: number | undefined;
};

const otherLevels: Readonly<Record<string, LogLevel>> = {trace: 'debug', fatal: 'error'};

/** Whether a line is of a level, or of a more important one. */
export function isOfLevel(entry: Pick<LogEntry, 'level'>, least: LogLevel): boolean {
	const level = entry.level ?? '';
	return logLevels.indexOf(otherLevels[level] ?? level as LogLevel) >= logLevels.indexOf(least);
}

/** Whether a line is wanted. @param atMs - When it was written, as far as its neighbours tell where it does not. */
export function isWanted(entry: LogEntry, {level, source, run, sinceMs}: LogFilter, atMs: number): boolean {
	const hasFact = (names: readonly string[], isMeant: (value: string) => boolean) => entry.facts.some(([name, value]) => names.includes(name) && isMeant(value));
	return (level === undefined || isOfLevel(entry, level))
		&& (source === undefined || hasFact(['source', 'subject'], value => value === source))
		&& (run === undefined || hasFact(['run'], value => value.startsWith(run)))
		&& (sinceMs === undefined || atMs >= sinceMs);
}
