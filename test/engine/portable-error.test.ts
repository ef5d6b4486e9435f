import test from 'ava';
import {CofferError} from '../../source/engine/errors.ts';
import {fromPortableError, toOutcome, toPortableError} from '../../source/engine/portable-error.ts';

test('an error keeps code, message, context and whether it may pass through the structured clone', t => {
	const error = new CofferError('storage-failed', 'text', {context: {object: 'x', count: 2, isOdd: true}, isRetryable: true, cause: new Error('secret')});
	const clone = fromPortableError(structuredClone(toPortableError(error)));
	t.true(clone instanceof CofferError);
	t.like(clone, {code: 'storage-failed', message: 'text', context: {object: 'x', count: 2, isOdd: true}, isRetryable: true});
	t.is(clone.cause, undefined);
});

test('what nobody foresaw becomes internal, with the place where it was thrown', t => {
	const error = new TypeError('oops');
	t.like(fromPortableError(structuredClone(toPortableError(error))), {code: 'internal', message: 'oops', isRetryable: false, stack: error.stack!});
	t.like(fromPortableError(toPortableError('text')), {code: 'internal', message: 'text'});
});

test('an outcome is a value or an error', async t => {
	t.deepEqual(await toOutcome(async () => 7), {isOk: true, value: 7});
	t.like(await toOutcome(async () => {
		throw new CofferError('aborted', 'stopped');
	}), {isOk: false, error: {code: 'aborted'}});
});
