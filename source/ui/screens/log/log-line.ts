import type {Tone} from '../../row.ts';

/** One line of the log. */
export type LogLine = {
	/** Counts up; that of a line does not change. */
	readonly number: number;
	/** In milliseconds since 1970. */
	readonly timeMs?: number;
	/** As the log has it; `undefined` for a line that is no entry of a log. */
	readonly level?: string;
	/** The whole line where it is no entry of a log. */
	readonly message: string;
	/** What it says besides, in the order of the line. */
	readonly facts: ReadonlyArray<readonly [name: string, value: string]>;
};

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/** An entry of the log, or the line as it is. @param text - May hold anything. */
export function parseLogLine(text: string, number: number): LogLine {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
			const {level, time, msg, pid, ...facts} = value as Readonly<Record<string, unknown>>;
			const timeMs = typeof time === 'number' ? time : Date.parse(typeof time === 'string' ? time : '');
			return {
				number, level: level === undefined ? '' : textOf(level), message: msg === undefined ? '' : textOf(msg),
				...(!Number.isNaN(new Date(timeMs).getTime()) && {timeMs}),
				facts: Object.entries({...facts, ...(pid !== undefined && {pid})}).map(([name, fact]) => [name, textOf(fact)]),
			};
		}
	} catch {
		// It is shown as it is: a line that is half written, or another program's, or too deep.
	}

	return {number, message: text, facts: []};
}

/** What a line says besides its message, in one line: `subject=etc code=source-missing`. */
export const factsText = ({facts}: LogLine): string => facts.map(([name, value]) => `${name}=${value}`).join(' ');

export function levelTone({level}: LogLine): Tone {
	switch (level) {
		case 'error':
		case 'fatal': {
			return 'critical';
		}

		case 'warn': {
			return 'warning';
		}

		case undefined:
		case 'debug':
		case 'trace': {
			return 'muted';
		}

		default: {
			return 'plain';
		}
	}
}
