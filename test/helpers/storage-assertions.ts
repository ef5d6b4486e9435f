import type {ExecutionContext} from 'ava';
import {isCofferError, type ErrorCode} from '../../source/engine/errors.ts';
import type {Storage} from '../../source/engine/storage/storage.ts';

/** That `call` fails with a `CofferError` of this code whose message names `object`. */
export async function throwsCoffer(t: ExecutionContext, call: () => Promise<unknown>, code: ErrorCode, object = ''): Promise<void> {
	const error = await t.throwsAsync(call);
	t.true(isCofferError(error, code), `expected ${code}: ${error?.stack}`);
	t.true(error?.message.includes(object), error?.message);
}

/** The names in a listing, sorted. */
export async function listNames(storage: Storage, folder = ''): Promise<string[]> {
	const objects = await storage.list(folder);
	return objects.map(({name}) => name).sort();
}
