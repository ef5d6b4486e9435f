import type {Severity} from '../monitoring/alert.ts';
import type {Notice} from './notice.ts';

export const channelKinds = ['email', 'webhook', 'slack', 'ntfy', 'syslog'] as const;
export type ChannelKind = typeof channelKinds[number];

/** What is settled of a channel before anything is sent. */
export type ChannelSettings = {
	/** Given by the configuration: unique. */
	readonly name: string;
	readonly kind: ChannelKind;
	/** Alerts below it are not sent. */
	readonly leastSeverity: Severity;
	/** Whether it gets the daily digest. */
	readonly hasDigest: boolean;
};

/** A way to tell somebody. */
export type Channel = ChannelSettings & {
	/**
	Send one notice, within 30 seconds.
	@throws `channel-failed`, retryable where the same may succeed later, with `isPartial` in its context where some were told, who would be told again; `aborted`. Its message holds no secret.
	*/
	send(notice: Notice, signal: AbortSignal): Promise<void>;
};
