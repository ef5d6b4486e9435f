import {errorText, pingChannel, withTimeLimit, type AlertDesk, type Delivery, type RepositoryId} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import {alertSettingsOf} from './alert-settings.ts';
import {createChannels} from './create-channels.ts';
import {openDesk} from './open-desk.ts';

/** All sending together takes so long at most, in milliseconds. */
const tellingLimitMs = 45_000;

export type AnnounceOptions = {
	/** The repository that was found. @default the one that this host knows there */
	readonly repository?: RepositoryId | undefined;
	/** Stops at once; what was not sent stays. */
	readonly signal: AbortSignal;
	/** @default that of the command line */
	readonly config?: LoadedConfig;
};

function logDelivery({log}: Pick<CommandContext, 'log'>, {channel, outcome, error}: Delivery): void {
	const writer = log.in('monitor');
	if (outcome === 'sent') {
		writer.write('info', `told on the channel "${channel}"`, {channel});
	} else {
		const what = outcome === 'failed' ? `could not be told on the channel "${channel}" now` : `given up on the channel "${channel}": it could not be told for three days`;
		writer.write('warn', what, {channel, cause: error});
	}
}

async function tell(context: CommandContext, desk: AlertDesk, config: LoadedConfig | undefined, signal: AbortSignal): Promise<void> {
	const channels = createChannels(context, config);
	const dropped = desk.announce(channels, alertSettingsOf(config), config?.ping ? [pingChannel] : []);
	for (const [channel, count] of dropped) {
		context.log.in('monitor').write('warn', `${count} notices for the channel "${channel}" were dropped: too many wait`, {channel, dropped: count});
	}

	const deliveries = await withTimeLimit(context.runtime, {signal, limitMs: tellingLimitMs, onLimit() {
		context.log.in('monitor').write('warn', `not everything could be told in ${tellingLimitMs / 1000} s; the rest waits`);
	}}, async limited => desk.deliver(channels, limited));
	for (const delivery of deliveries) {
		logDelivery(context, delivery);
	}
}

/**
Tell what there is to tell of alerts on every channel of the configuration, and what waits since earlier. Takes at most 45 seconds and never fails: what goes wrong stands in the log `monitor`.
*/
export async function announceAlerts(context: CommandContext, {repository, signal, config: given}: AnnounceOptions): Promise<void> {
	try {
		const config = given ?? await context.config();
		const desk = await openDesk(context, repository);
		try {
			await (desk && tell(context, desk, config, signal));
		} finally {
			desk?.close();
		}
	} catch (error) {
		context.log.in('monitor').write('warn', `alerts could not be told: ${errorText(error)}`);
	}
}
