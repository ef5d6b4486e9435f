import {CofferError, errorText, type ErrorCode, type ErrorContext} from '../errors.ts';
import type {JobKind} from './job.ts';

/** `workerData` of a worker thread. */
export type WorkerStart = {
	readonly kind: JobKind;
	readonly storageUrl: string;
	readonly init: unknown;
};

export type WorkerRequest =
	| {readonly request: 'run'; readonly batch: unknown}
	| {readonly request: 'finish'}
	| {readonly request: 'discard'}
	| {readonly request: 'tell'; readonly news: unknown};

/** An error as it passes between threads: the structured clone would lose its class and code. */
export type PortableError = {
	readonly code: ErrorCode;
	readonly message: string;
	readonly context: ErrorContext;
	readonly isRetryable: boolean;
	readonly stack?: string;
};

/** The answer to each request but `tell`, in their order. */
export type WorkerAnswer =
	| {readonly isOk: true; readonly value: unknown}
	| {readonly isOk: false; readonly error: PortableError};

export function toPortableError(error: unknown): PortableError {
	const stack = error instanceof Error && error.stack !== undefined ? {stack: error.stack} : {};
	return error instanceof CofferError
		? {code: error.code, message: error.message, context: error.context, isRetryable: error.isRetryable}
		: {code: 'internal', message: errorText(error), context: {}, isRetryable: false, ...stack};
}

export function fromPortableError({code, message, context, isRetryable, stack}: PortableError): CofferError {
	const error = new CofferError(code, message, {context, isRetryable});
	if (stack !== undefined) {
		error.stack = stack;
	}

	return error;
}
