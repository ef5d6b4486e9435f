import type {LogFacts, LogLevel} from './log.ts';

/** What the log `security` says of an error of such a code. */
const refusals: ReadonlyMap<string, string> = new Map([
	['key-wrong', 'a key or passphrase was tried that opens nothing here'],
	['key-expired', 'an expired key was tried'],
	['key-file-invalid', 'a key file was tried that is none'],
	['key-file-unsafe', 'a key file was refused: others could read or replace it'],
	['key-role', 'refused: the role of the key does not allow it'],
]);

/** The line for `security` besides one that tells of an error, where that was about access; else `undefined`. */
export function refusalOf(level: LogLevel, message: string, {code, ...facts}: LogFacts): {readonly message: string; readonly facts: LogFacts} | undefined {
	const refusal = level === 'error' && typeof code === 'string' ? refusals.get(code) : undefined;
	return refusal === undefined ? undefined : {message: refusal, facts: {code, reason: message, ...facts}};
}
