import {constants} from 'node:os';
import {getSystemErrorMessage} from 'node:util';
import {CofferError, errorText, isCofferError, systemErrorCode, type ErrorCode} from '../errors.ts';

const fullCodes = new Set(['ENOSPC', 'EDQUOT']);
const deniedCodes = new Set(['EACCES', 'EPERM', 'EROFS']);
const passingCodes = new Set(['EAGAIN', 'EBUSY', 'EINTR', 'EMFILE', 'ENFILE', 'ESTALE', 'ETIMEDOUT']);

// Node gives these as "Unknown system error -N".
const unnamedErrors = new Map([
	[-constants.errno.EDQUOT, ['EDQUOT', 'disk quota exceeded']],
	[-constants.errno.ESTALE, ['ESTALE', 'stale file handle']],
] as const);

/** Code and text of a system error; no code for any other error. */
function describe(error: unknown): {systemCode: string | undefined; reason: string} {
	const errno = error instanceof Error && 'errno' in error && typeof error.errno === 'number' ? error.errno : undefined;
	if (errno === undefined) {
		return {systemCode: systemErrorCode(error), reason: errorText(error)};
	}

	const [systemCode, text] = unnamedErrors.get(errno) ?? [systemErrorCode(error), getSystemErrorMessage(errno)];
	return {systemCode, reason: `${text} (${systemCode})`};
}

type Outcome = {
	readonly code: ErrorCode;
	readonly advice: string;
	readonly isRetryable: boolean;
};

function outcomeOf(systemCode: string | undefined, isSync: boolean): Outcome {
	if (systemCode !== undefined && fullCodes.has(systemCode)) {
		return {code: 'storage-full', advice: 'Free space there (a prune removes what no snapshot needs) or raise the quota, then run again.', isRetryable: false};
	}

	if (systemCode !== undefined && deniedCodes.has(systemCode)) {
		return {code: 'storage-denied', advice: 'Check that this user may read and write there and that the file system is not mounted read-only.', isRetryable: false};
	}

	if (isSync) {
		// After a failed fsync the kernel may report success for data that it has dropped: a second try proves nothing.
		return {code: 'storage-failed', advice: 'Data may not have reached the disk: look at the disk and the system log before the next run.', isRetryable: false};
	}

	return {code: 'storage-failed', advice: 'Check the disk and the system log, then run again.', isRetryable: systemCode !== undefined && passingCodes.has(systemCode)};
}

export type FailedCall = {
	/** What was tried, as a verb: `read`, `write`, `list` … */
	readonly action: string;
	/** Name of the object or folder; the empty string for the storage as a whole. */
	readonly object: string;
	readonly url: string;
};

/**
The error to throw for a failed system call. `CofferError`s, and the `TypeError`s and `RangeError`s of programmer mistakes, come back as they are.
Never retryable where an fsync failed.
*/
export function toStorageError(error: unknown, {action, object, url}: FailedCall): Error {
	if (isCofferError(error) || error instanceof TypeError || error instanceof RangeError) {
		return error;
	}

	const {systemCode, reason} = describe(error);
	const isSync = error instanceof Error && 'syscall' in error && error.syscall === 'fsync';
	const {code, advice, isRetryable} = outcomeOf(systemCode, isSync);
	return new CofferError(code, `Could not ${action} ${object === '' ? url : `${object} in ${url}`}: ${reason}. ${advice}`, {
		context: {object, storage: url, ...(systemCode !== undefined && {systemCode})},
		isRetryable,
		cause: error,
	});
}

/** The `object-missing` error for `name`. */
export function objectMissing(name: string, url: string, cause?: unknown): CofferError {
	return new CofferError('object-missing', `There is no object ${name} in ${url}. Check that the address is right; if it is, verify the repository to see what is affected.`, {
		context: {object: name, storage: url},
		cause,
	});
}

/** The `damaged` error for `name`; `what` completes the sentence "The object … ". */
export function objectDamaged(name: string, url: string, what: string, cause?: unknown): CofferError {
	return new CofferError('damaged', `The object ${name} in ${url} ${what}. Verify the repository to see what is affected, and restore the object from a copy if there is one.`, {
		context: {object: name, storage: url},
		cause,
	});
}
