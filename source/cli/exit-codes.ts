import {isCofferError, type ErrorCode} from '../engine/index.ts';

/** Every exit code and what it means; any other is a failure. The table of the README is made from this. */
export const exitCodes = [
	{code: 0, meaning: 'done'},
	{code: 1, meaning: 'failed'},
	{code: 2, meaning: 'wrong usage or configuration; nothing was started'},
	{code: 3, meaning: 'done, but some files could not be read or restored (each is named)'},
	{code: 10, meaning: 'there is no repository'},
	{code: 11, meaning: 'the repository is locked by another run, or another process holds the schedule'},
	{code: 12, meaning: 'the key does not open the repository or the archive, or has expired'},
	{code: 13, meaning: 'damage was found (named)'},
	{code: 20, meaning: 'the monitor or the audit found something to see to, nothing critical'},
	{code: 21, meaning: 'the monitor or the audit found something critical'},
	{code: 130, meaning: 'interrupted'},
] as const;

export type ExitCode = typeof exitCodes[number]['code'];

const ofErrors: Partial<Record<ErrorCode, ExitCode>> = {
	usage: 2,
	'configuration-invalid': 2,
	'key-file-missing': 2,
	'key-file-unsafe': 2,
	'repository-missing': 10,
	'repository-locked': 11,
	'schedule-held': 11,
	'key-wrong': 12,
	'key-expired': 12,
	'key-file-invalid': 12,
	damaged: 13,
	'object-missing': 13,
	aborted: 130,
};

/** What the process exits with after an error of this code. */
export function exitCodeOfErrorCode(code: ErrorCode): ExitCode {
	return ofErrors[code] ?? 1;
}

/** What the process exits with when `error` ended it. */
export function exitCodeOf(error: unknown): ExitCode {
	return isCofferError(error) ? exitCodeOfErrorCode(error.code) : 1;
}
