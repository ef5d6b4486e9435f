import type {Channel, ChannelSettings} from '../../source/engine/alerts/channel.ts';
import type {Notice} from '../../source/engine/alerts/notice.ts';

export type FakeChannel = Channel & {
	/** What has arrived, in its order. */
	readonly arrived: Notice[];
	/** How often somebody has tried. */
	readonly attempts: () => number;
	/** From now on each attempt fails with this; with nothing they succeed again. */
	failWith(error?: Error): void;
	/** From now on each attempt waits for this first. */
	waitFor(promise: Promise<unknown>): void;
};

/** A channel that keeps what is sent, or fails as it is told. @param settings - @default of email, from warnings on, without a digest */
export function createFakeChannel(name: string, settings: Partial<ChannelSettings> = {}): FakeChannel {
	const arrived: Notice[] = [];
	let attempts = 0;
	let failure: Error | undefined;
	let waiting: Promise<unknown> = Promise.resolve();
	return {
		kind: 'email', leastSeverity: 'warning', hasDigest: false, ...settings, name,
		arrived,
		attempts: () => attempts,
		failWith(error) {
			failure = error;
		},
		waitFor(promise) {
			waiting = promise;
		},
		async send(notice, signal) {
			attempts++;
			await waiting;
			signal.throwIfAborted();
			if (failure) {
				throw failure;
			}

			arrived.push(notice);
		},
	};
}
