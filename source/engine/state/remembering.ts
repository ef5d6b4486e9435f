import {errorText, isCofferError} from '../errors.ts';

/**
Do something with this host's memory. Where that fails, a person is told and the operation goes on: a backup is no worse for not being remembered.
@returns `fallback` where it failed
*/
export function remembering<Value>(warn: (message: string) => void, action: () => Value, fallback: Value): Value {
	try {
		return action();
	} catch (error) {
		if (!isCofferError(error, 'state-failed')) {
			throw error;
		}

		warn(errorText(error));
		return fallback;
	}
}
