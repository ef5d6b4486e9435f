import type {ExecutionContext} from 'ava';
import {CofferError, isCofferError, type ErrorCode} from '../../source/engine/errors.ts';

/** That `call` throws a `CofferError` with this code. @returns The error. */
export function refuses(t: ExecutionContext, call: () => unknown, code: ErrorCode, message?: RegExp): CofferError {
	const error = t.throws(call, {instanceOf: CofferError});
	t.is(error.code, code, error.stack);
	if (message) {
		t.regex(error.message, message);
	}

	return error;
}

/** The same for what fails later. */
export async function refusesAsync(t: ExecutionContext, call: () => Promise<unknown>, code: ErrorCode, message?: RegExp): Promise<CofferError> {
	const error = (await t.throwsAsync(call, {instanceOf: CofferError}));
	t.is(error.code, code, error.stack);
	if (message) {
		t.regex(error.message, message);
	}

	return error;
}

/**
Run a decoder on hostile input: it may return or throw a `CofferError`, anything else fails the test.
@returns Whether it returned.
*/
export function didSurvive(t: ExecutionContext, call: () => unknown, about: string): boolean {
	try {
		call();
		t.pass();
		return true;
	} catch (error) {
		t.true(isCofferError(error), `${about}: ${error instanceof Error ? error.stack : String(error)}`);
		return false;
	}
}
