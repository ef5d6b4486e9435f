import {createHmac} from 'node:crypto';
import {webhookBody} from '../texts/webhook-body.ts';
import type {SecretReference} from '../../programs/secret-reference.ts';
import {parseHttpUrl, readOpenOrSecret, type EndpointRules, type OpenOrSecret} from './endpoint.ts';
import {post} from './post.ts';
import {channelFailure, type Send} from './sending.ts';

/** A receiver of JSON. */
export type WebhookTarget = {
	readonly kind: 'webhook';
	readonly url: OpenOrSecret;
	/** What both sides know: at least 16 bytes. */
	readonly key: SecretReference;
	readonly rules: EndpointRules;
};

const leastKeyBytes = 16;

/**
Prove who has written a text, and when, so that nobody can send it again later as if it were new.
@param timestamp - Seconds since 1970.
@returns `sha256=` and 64 hexadecimal digits: HMAC-SHA-256 (RFC 2104) over the timestamp, a full stop and the body.
*/
function signBody(key: string, timestamp: number, body: string): string {
	return `sha256=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`;
}

export const sendWebhook: Send<WebhookTarget> = async ({url, key, rules}, notice, sending) => {
	const address = parseHttpUrl(await readOpenOrSecret(url, 'its "url"', sending), 'its "url"');
	const secret = await sending.secret(key, 'its "key"');
	if (Buffer.byteLength(secret) < leastKeyBytes) {
		throw channelFailure(`its "key" is shorter than ${leastKeyBytes} bytes; "openssl rand -hex 32" makes a good one`, {isRetryable: false});
	}

	const body = webhookBody(notice);
	const timestamp = Math.floor(sending.runtime.now() / 1000);
	const headers = {'Content-Type': 'application/json', 'Idempotency-Key': notice.id, 'X-Coffer-Timestamp': String(timestamp), 'X-Coffer-Signature': signBody(secret, timestamp, body)};
	await post({url: address, rules, headers, body}, sending);
};
