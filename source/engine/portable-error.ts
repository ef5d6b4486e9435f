import {CofferError, errorText, type ErrorCode, type ErrorContext} from './errors.ts';

/** An error as it passes between threads: the structured clone would lose its class and code. */
export type PortableError = {
	readonly code: ErrorCode;
	readonly message: string;
	readonly context: ErrorContext;
	readonly isRetryable: boolean;
	readonly stack?: string;
};

/** What became of something that another thread did. */
export type PortableOutcome<Value> =
	| {readonly isOk: true; readonly value: Value}
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

/** Do something whose outcome is for another thread. Never fails. */
export async function toOutcome<Value>(action: () => Promise<Value>): Promise<PortableOutcome<Value>> {
	try {
		return {isOk: true, value: await action()};
	} catch (error) {
		return {isOk: false, error: toPortableError(error)};
	}
}
