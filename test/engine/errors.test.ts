import test from 'ava';
import {CofferError, errorText, isCofferError, systemErrorCode, throwIfAborted} from '../../source/engine/errors.ts';
import {refuses} from '../helpers/error-assertions.ts';

test('an error carries code, context, cause and whether to try again', t => {
	const cause = new Error('disk');
	const error = new CofferError('storage-failed', 'Cannot write x.', {context: {object: 'x'}, isRetryable: true, cause});
	t.is(error.name, 'CofferError');
	t.is(error.code, 'storage-failed');
	t.deepEqual(error.context, {object: 'x'});
	t.true(error.isRetryable);
	t.is(error.cause, cause);
	t.true(error instanceof Error);
});

test('without options there is no cause, no context, and no second try', t => {
	const error = new CofferError('internal', 'x');
	t.false('cause' in error);
	t.deepEqual(error.context, {});
	t.false(error.isRetryable);
});

test('codes are told apart', t => {
	const error = new CofferError('damaged', 'x');
	t.true(isCofferError(error));
	t.true(isCofferError(error, 'usage', 'damaged'));
	t.false(isCofferError(error, 'usage'));
	t.false(isCofferError(new Error('x')));
	t.false(isCofferError({code: 'damaged'}));
});

test('system errors and foreign values have a text and perhaps a code', t => {
	t.is(systemErrorCode(Object.assign(new Error('x'), {code: 'ENOENT'})), 'ENOENT');
	t.is(systemErrorCode(Object.assign(new Error('x'), {code: 5})), undefined);
	t.is(systemErrorCode('ENOENT'), undefined);
	t.is(errorText(new Error('x')), 'x');
	t.is(errorText(7), '7');
});

test('a signal that fired stops the operation', t => {
	const controller = new AbortController();
	throwIfAborted(undefined);
	throwIfAborted(controller.signal);
	controller.abort('reason');
	t.is(refuses(t, () => {
		throwIfAborted(controller.signal);
	}, 'aborted').cause, 'reason');
});
