import {errorText, isCofferError} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import type {WaitingNotice} from '../state/outbox.ts';
import type {OutboxState} from '../state/outbox-state.ts';
import {parseJson} from '../state/shapes.ts';
import {backOffMs, givenUpAfterMs, maximumWaitMs} from './back-off.ts';
import type {Channel} from './channel.ts';
import type {Notice} from './notice.ts';

/** How delivering went. */
export type Delivery = {
	readonly channel: string;
	/** `given-up`: it could not be sent for three days. */
	readonly outcome: 'sent' | 'failed' | 'given-up';
	/** Why it could not be sent; never a secret. */
	readonly error?: string;
};

type Scene = {
	readonly outbox: OutboxState;
	readonly runtime: Runtime;
	readonly signal: AbortSignal;
};

async function attempt(channel: Channel, waiting: WaitingNotice, {outbox, runtime, signal}: Scene): Promise<Delivery | undefined> {
	try {
		await channel.send(parseJson(waiting.notice) as Notice, signal);
	} catch (error) {
		// Whatever it says then: it was stopped, and the channel is not to blame.
		if (signal.aborted) {
			outbox.release(waiting.id);
			return undefined;
		}

		// Another attempt would tell those again who were told.
		const isPartial = isCofferError(error) && error.context['isPartial'] === true;
		const isRefused = isCofferError(error) && !error.isRetryable && !isPartial;
		const isOld = runtime.now() - Date.parse(waiting.created) >= givenUpAfterMs;
		outbox.fail(channel.name, waiting.id, {error: errorText(error), isRefused, isDropped: isOld || isPartial, nextMs: failures => runtime.now() + backOffMs(failures, isRefused, runtime)});
		return {channel: channel.name, outcome: isOld && !isPartial ? 'given-up' : 'failed', error: errorText(error)};
	}

	outbox.settle(channel.name, waiting.id);
	return {channel: channel.name, outcome: 'sent'};
}

async function deliverTo(channel: Channel, scene: Scene): Promise<Delivery[]> {
	const deliveries: Delivery[] = [];
	while (!scene.signal.aborted) {
		const waiting = scene.outbox.claim(channel.name, maximumWaitMs);
		const delivery = waiting && await attempt(channel, waiting, scene);
		deliveries.push(...(delivery ? [delivery] : []));
		if (delivery?.outcome !== 'sent') {
			return deliveries;
		}
	}

	return deliveries;
}

/**
Send what is due on each channel, oldest first, until one fails: then all of that channel waits longer. What another living process sends now is left to it.
@param scene.signal - Stops at once; what was not sent stays.
@throws `state-failed`
*/
export async function deliver(channels: readonly Channel[], scene: Scene): Promise<Delivery[]> {
	const settled = await Promise.allSettled(channels.map(async channel => deliverTo(channel, scene)));
	const failure = settled.find(result => result.status === 'rejected');
	if (failure) {
		throw failure.reason;
	}

	return settled.flatMap(result => result.status === 'fulfilled' ? result.value : []);
}
