import type {LogEntry} from '../../source/logs/log-entry.ts';

/** A line as the program writes it, with its end. @param timeMs - Milliseconds since 1970. */
export function logLine(timeMs: number, message: string, facts: Readonly<Record<string, unknown>> = {}): string {
	return `${JSON.stringify({level: 'info', time: new Date(timeMs).toISOString(), pid: 4711, run: 'a1b2c3d4', command: 'backup', ...facts, msg: message})}\n`;
}

/** What lines say, without all else. */
export const messagesOf = (entries: readonly LogEntry[]): string[] => entries.map(({message}) => message);
