import {Buffer} from 'node:buffer';
import {CofferError, errorText, isCofferError, throwIfAborted, type CofferErrorOptions} from '../../errors.ts';
import {readSecret} from '../../programs/read-secret.ts';
import {takeFirstLine} from '../../programs/secret-bytes.ts';
import {withTimeLimit} from '../../time-limit.ts';
import {hideSecrets} from './hide-secrets.ts';
import type {Sending, SendingContext} from './sending.ts';

export type AttemptOptions = {
	/** Who sends, at the beginning of a sentence: `The channel "ops"`. */
	readonly what: string;
	readonly limitMs: number;
	readonly signal: AbortSignal;
};

/** Settles with the action, or as soon as the signal has fired: not everything that is waited for can be called off. */
async function orAborted(action: Promise<void>, signal: AbortSignal): Promise<void> {
	let onAbort: () => void;
	const aborted = new Promise<never>((_resolve, reject) => {
		onAbort = () => {
			reject(new CofferError('aborted', 'Interrupted while something was sent.'));
		};

		signal.addEventListener('abort', onAbort, {once: true});
	});
	try {
		await Promise.race([action, aborted]);
	} finally {
		signal.removeEventListener('abort', onAbort!);
	}
}

/**
Send something, within its time.
@throws `channel-failed`, in whose message no secret stands that was read for it; `aborted`
*/
export async function attempt(context: SendingContext, {what, limitMs, signal}: AttemptOptions, send: (sending: Sending) => Promise<void>): Promise<void> {
	const {runtime, hidden} = context;
	const secrets: string[] = [];
	let isLate = false;
	const fail = (reason: string, options: Pick<CofferErrorOptions, 'isRetryable' | 'context'>) => new CofferError('channel-failed', `${what} failed: ${hideSecrets(reason.replace(/\.$/, ''), secrets)}.`, options);
	throwIfAborted(signal);
	try {
		await withTimeLimit(runtime, {signal, limitMs, onLimit() {
			isLate = true;
		}}, async limited => {
			const sending: Sending = {
				...context,
				signal: limited,
				async secret(reference, name) {
					const bytes = takeFirstLine(await readSecret(reference, name, {runtime, hidden, signal: limited}), `What ${name} names`, 'secret');
					const text = Buffer.from(bytes).toString();
					bytes.fill(0);
					secrets.push(text);
					return text;
				},
			};
			await orAborted(send(sending), limited);
		});
	} catch (error) {
		throwIfAborted(signal);
		if (isLate) {
			throw fail(`it took longer than ${limitMs / 1000} s`, {isRetryable: true});
		}

		if (isCofferError(error, 'channel-failed')) {
			throw fail(error.message, error);
		}

		// What a secret lacks is mended at its place, and then the same goes well.
		throw fail(errorText(error), {isRetryable: isCofferError(error)});
	}
}
