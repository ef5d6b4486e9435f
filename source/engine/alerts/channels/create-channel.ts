import type {Channel, ChannelKind, ChannelSettings} from '../channel.ts';
import {attempt} from './attempt.ts';
import type {EmailTarget} from './email.ts';
import type {NtfyTarget} from './ntfy.ts';
import type {Send, SendingContext} from './sending.ts';
import type {SlackTarget} from './slack.ts';
import type {SyslogTarget} from './syslog.ts';
import type {WebhookTarget} from './webhook.ts';

/** Where something is sent to, and how. */
export type ChannelTarget = EmailTarget | WebhookTarget | SlackTarget | NtfyTarget | SyslogTarget;

/** A channel as it is configured. */
export type ChannelDefinition = Omit<ChannelSettings, 'kind'> & {readonly target: ChannelTarget};

type TargetOf<Kind extends ChannelKind> = Extract<ChannelTarget, {readonly kind: Kind}>;

/** How each kind sends; loaded when something is sent. */
const senders: {readonly [Kind in ChannelKind]: () => Promise<Send<TargetOf<Kind>>>} = {
	email: async () => (await import('./email.ts')).sendEmail,
	webhook: async () => (await import('./webhook.ts')).sendWebhook,
	slack: async () => (await import('./slack.ts')).sendSlack,
	ntfy: async () => (await import('./ntfy.ts')).sendNtfy,
	syslog: async () => (await import('./syslog.ts')).sendSyslog,
};

const limitMs = 30_000;

/** A channel that reads its secrets when it sends, and keeps none. */
export function createChannel({name, leastSeverity, hasDigest, target}: ChannelDefinition, context: SendingContext): Channel {
	return {
		name,
		kind: target.kind,
		leastSeverity,
		hasDigest,
		async send(notice, signal) {
			await attempt(context, {what: `The channel "${name}"`, limitMs, signal}, async sending => {
				const send = await senders[target.kind]() as Send<ChannelTarget>;
				await send(target, notice, sending);
			});
		},
	};
}
