import {spanText} from './age-text.ts';
import type {Finding} from './alert.ts';
import type {AlertFacts} from './assess-alerts.ts';

/** A channel that fails for so long is out of order, in milliseconds, and so is one that has failed so many times in a row. */
const channelPatienceMs = 30 * 60 * 1000;
const channelPatience = 3;

/** What the pings for runs of jobs are called where channels have names. */
export const pingChannel = 'ping';

const prefix = 'channel:';

/** Whether the key of an alert is that of one about a channel. */
export const isAboutChannel = (key: string): boolean => key.startsWith(prefix);

/** The key of what is wrong with a channel. */
export const channelKey = (name: string): string => `${prefix}${name}`;

/** Channels on which nobody is told anything. */
export function findChannelTrouble({channels = [], nowMs}: Pick<AlertFacts, 'channels' | 'nowMs'>): Finding[] {
	return channels.flatMap(({channel, failures, failingSince, error}): Finding[] => {
		const failingMs = failingSince === undefined ? 0 : Math.max(0, nowMs - Date.parse(failingSince));
		return failures === 0 || (failures < channelPatience && failingMs < channelPatienceMs)
			? []
			: [{
				key: channelKey(channel),
				kind: 'channel',
				severity: 'warning',
				object: channel,
				message: `nobody is told of alerts on this channel: ${failingMs < 60_000 ? `${failures} attempts in a row have failed` : `it has been failing for ${spanText(failingMs)}`}`,
				...(error !== undefined && {cause: error.replace(/\.$/, '')}),
				nextStep: channel === pingChannel ? 'mend what the cause names; the next run of a job tries it again' : `mend what the cause names, then try it with "coffer alerts test ${channel}"`,
			}];
	});
}
