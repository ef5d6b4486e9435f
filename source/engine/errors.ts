/**
What went wrong, as a word that programs can rely on. The command line maps each code to an exit code in one place.
*/
export type ErrorCode =
	| 'usage' // A call that cannot be carried out as it was put.
	| 'configuration-invalid'
	| 'repository-missing'
	| 'repository-exists'
	| 'repository-locked'
	| 'schedule-held' // Another process of this host runs the jobs.
	| 'format-unsupported' // Written by a newer program; left untouched.
	| 'key-wrong' // Wrong key, wrong MAC or wrong padding: one error for all three.
	| 'key-expired' // The key is right, but its day has passed.
	| 'key-file-missing'
	| 'key-file-unsafe' // Others could read or replace it.
	| 'key-file-invalid'
	| 'key-role' // The key's role does not allow the operation.
	| 'damaged' // Stored bytes are not what was written.
	| 'object-missing'
	| 'snapshot-missing'
	| 'snapshot-ambiguous'
	| 'path-missing' // Not in the snapshot.
	| 'source-missing'
	| 'source-failed'
	| 'target-unusable'
	| 'storage-full'
	| 'storage-denied'
	| 'storage-failed'
	| 'writer-expired' // This run's record or lock is gone: others may have relied on that.
	| 'memory-corrupted' // What was packed does not read back: this machine makes errors.
	| 'clock-wrong' // What this machine's clock says cannot be right, or is not proven yet.
	| 'state-failed' // This host's own state or configuration could not be read or written.
	| 'channel-failed' // An alert could not be sent.
	| 'audit-failed' // The audit log could not be written, so nothing was done; or it is not what was written.
	| 'aborted'
	| 'internal';

/** Plain values that say which object an error is about. Never a secret. */
export type ErrorContext = Readonly<Record<string, string | number | boolean>>;

export type CofferErrorOptions = {
	readonly context?: ErrorContext;
	/** @default false */
	readonly isRetryable?: boolean;
	readonly cause?: unknown;
};

/**
The one class of expected errors. The message says what failed, on which object, and what to do next; it never holds a secret.
Programmer mistakes throw `TypeError` or `RangeError` instead.
*/
export class CofferError extends Error {
	override readonly name = 'CofferError';
	readonly code: ErrorCode;
	readonly context: ErrorContext;
	/** Whether the same call may succeed later without anybody doing anything. */
	readonly isRetryable: boolean;

	constructor(code: ErrorCode, message: string, options: CofferErrorOptions = {}) {
		super(message, options.cause === undefined ? undefined : {cause: options.cause});
		this.code = code;
		this.context = options.context ?? {};
		this.isRetryable = options.isRetryable ?? false;
	}
}

/** Whether `error` is a `CofferError`, with one of `codes` when any are given. */
export function isCofferError(error: unknown, ...codes: readonly ErrorCode[]): error is CofferError {
	return error instanceof CofferError && (codes.length === 0 || codes.includes(error.code));
}

/** The `code` of a system error (`'ENOENT'` …), or `undefined`, also for a `CofferError`. */
export function systemErrorCode(error: unknown): string | undefined {
	return error instanceof Error && !(error instanceof CofferError) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A short text for any thrown value. */
export function errorText(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** @throws `aborted` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
	if (signal?.aborted) {
		throw new CofferError('aborted', 'The operation was interrupted. Nothing that was there before has changed; start it again when you like.', {cause: signal.reason});
	}
}
