import {createChannel, type ChannelTarget} from '../../source/engine/alerts/channels/create-channel.ts';
import type {SendingContext} from '../../source/engine/alerts/channels/sending.ts';
import type {Channel} from '../../source/engine/alerts/channel.ts';
import type {Runtime} from '../../source/engine/runtime.ts';
import {createRealRuntime} from './system-runtime.ts';

/** Secrets of channels, by the names of their variables. */
export const channelSecrets = {KEY: '0123456789abcdef-of-webhooks', PASSWORD: 'correct horse battery', TOKEN: 'tk_very_secret_token'} as const;

export type TestChannelOptions = Partial<Pick<SendingContext, 'resolveHost'>> & {
	/** @default the real one, with `channelSecrets` in its environment */
	readonly runtime?: Runtime;
	/** Besides `channelSecrets`. */
	readonly secrets?: Readonly<Record<string, string>>;
};

/** The surroundings in which channels of tests send. */
export function testSending({runtime, secrets, ...rest}: TestChannelOptions = {}): SendingContext {
	return {runtime: runtime ?? createRealRuntime({...channelSecrets, ...secrets}), program: 'coffer 1.2.3', hidden: [], ...rest};
}

/** A channel called "ops". */
export function testChannel(target: ChannelTarget, options?: TestChannelOptions): Channel {
	return createChannel({name: 'ops', leastSeverity: 'warning', hasDigest: true, target}, testSending(options));
}

/** A signal that never fires. */
export const noSignal = new AbortController().signal;
