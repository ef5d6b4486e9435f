import type {LookupAddress} from 'node:dns';
import {CofferError} from '../../errors.ts';
import type {SecretReference} from '../../programs/secret-reference.ts';
import type {Runtime} from '../../runtime.ts';
import type {Notice} from '../notice.ts';

/** What something is sent with. */
export type SendingContext = {
	readonly runtime: Runtime;
	/** Who sends, such as `coffer 1.0.0`. */
	readonly program: string;
	/** Names of variables of the environment that programs which give secrets do not get. */
	readonly hidden: readonly string[];
	/** The addresses behind the name of a host. @default what the system says */
	readonly resolveHost?: (host: string) => Promise<readonly LookupAddress[]>;
};

/** One attempt to send something. */
export type Sending = SendingContext & {
	/** Fires when nobody waits any more, or when the time is over. */
	readonly signal: AbortSignal;
	/**
	Read a secret; whatever goes wrong afterwards, no error shows it.
	@param what - Names the setting in errors: `its "url"`.
	@throws `configuration-invalid`, `key-file-missing`, `key-file-unsafe`, `aborted`
	*/
	secret(reference: SecretReference, what: string): Promise<string>;
};

/** How a channel of one kind sends. @throws `channel-failed`; what `secret` throws */
export type Send<Target> = (target: Target, notice: Notice, sending: Sending) => Promise<void>;

export type ChannelFailureOptions = {
	readonly isRetryable: boolean;
	/** Whether some were told, who would be told again by another attempt. @default false */
	readonly isPartial?: boolean;
};

/** @param what - A sentence's end, without its full stop: `mail.example.org refused the password`. */
export function channelFailure(what: string, {isRetryable, isPartial = false}: ChannelFailureOptions): CofferError {
	return new CofferError('channel-failed', what, {isRetryable, ...(isPartial && {context: {isPartial}})});
}
