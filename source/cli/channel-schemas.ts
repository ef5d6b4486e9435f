import * as z from 'zod';
import {isAddressRule, severities, type ChannelKind} from '../engine/index.ts';
import {secretSchema, text} from './source-schemas.ts';

const portRange = 'must be from 1 to 65535';

/** An address without brackets and comments, so that nothing in it can steer a mail. */
const mailAddress = z.string().regex(/^[^\s<>\(\)\[\],;:\\"@\p{Control}]+@[^\s<>\(\)\[\],;:\\"@\p{Control}]+$/v, 'must be the address of a mailbox such as "admin@example.org", without a name');
const mailAddresses = z.union([mailAddress, z.array(mailAddress).min(1, 'must name at least one mailbox')], {error: 'must be the address of a mailbox such as "admin@example.org", or a list of them'});

function isPlainUrl(value: string): boolean {
	const url = URL.parse(value);
	return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.hash === '';
}

const urlRule = 'must be an address that begins with https:// and holds neither user nor password, or {"file": PATH}, {"env": NAME} or {"command": [PROGRAM, ARGUMENT…]} that gives one';
const openUrl = z.union([z.string().refine(value => isPlainUrl(value), urlRule), secretSchema], {error: urlRule});

const addressRule = z.string().refine(value => isAddressRule(value), 'must be an address such as "192.168.1.5", a network such as "10.0.0.0/8", or "loopback"');

/** What belongs to everything that is asked over HTTP. */
export const endpoint = {
	allow: z.array(addressRule).optional(),
	insecure: z.boolean().optional(),
	ca: text.optional(),
};

const common = {
	severity: z.enum(severities).optional(),
	digest: z.boolean().optional(),
};

const email = z.strictObject({
	...common,
	type: z.literal('email'),
	host: text.regex(/^[\w.:-]+$/, 'must be the name or the address of a mail server'),
	port: z.int().min(1, portRange).max(65_535, portRange).optional(),
	security: z.enum(['starttls', 'tls', 'none']).optional(),
	insecure: z.boolean().optional(),
	ca: text.optional(),
	user: text.optional(),
	password: secretSchema.optional(),
	from: mailAddress,
	to: mailAddresses,
});

const topicRule = 'must be the name of a topic (up to 64 letters, digits, "-" and "_"), or {"file": PATH}, {"env": NAME} or {"command": [PROGRAM, ARGUMENT…]} that gives it';
const topic = z.union([z.string().regex(/^[\w-]{1,64}$/, topicRule), secretSchema], {error: topicRule});

const channelShapes = {
	email,
	webhook: z.strictObject({...common, ...endpoint, type: z.literal('webhook'), url: openUrl, key: secretSchema}),
	slack: z.strictObject({...common, ...endpoint, type: z.literal('slack'), url: secretSchema}),
	ntfy: z.strictObject({...common, ...endpoint, type: z.literal('ntfy'), server: openUrl.optional(), topic, token: secretSchema.optional()}),
	syslog: z.strictObject({...common, type: z.literal('syslog')}),
} satisfies Readonly<Record<ChannelKind, z.ZodObject>>;

const kinds = Object.keys(channelShapes) as ChannelKind[];

/** A channel of any kind. */
export const channelSchema = z.discriminatedUnion('type', [email, channelShapes.webhook, channelShapes.slack, channelShapes.ntfy, channelShapes.syslog], {error: `must be one of ${kinds.map(kind => JSON.stringify(kind)).join(', ')}`})
	.superRefine((channel, context) => {
		if (channel.type === 'email' && (channel.user === undefined) !== (channel.password === undefined)) {
			const missing = channel.user === undefined ? 'user' : 'password';
			context.addIssue({code: 'custom', path: [missing], message: 'is missing: a mail server is given both, or neither'});
		}
	});

export type ConfiguredChannel = z.output<typeof channelSchema>;

/** The keys that a channel takes, for advice. @param channel - As it stands in the file. */
export function keysOfChannel(channel: unknown): string[] {
	const {type} = (channel ?? {}) as {readonly type?: unknown};
	return Object.keys(channelShapes[kinds.find(kind => kind === type) ?? 'email'].shape);
}

/** `ping` of the configuration. */
export const pingSchema = z.strictObject({
	url: openUrl,
	jobs: z.array(text).min(1, 'must name at least one job; without it all that back up are told of').optional(),
	...endpoint,
});
