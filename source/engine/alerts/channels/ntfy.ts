import type {SecretReference} from '../../programs/secret-reference.ts';
import {describeNotice, worstOf} from '../texts/notice-content.ts';
import {plainBody} from '../texts/plain-text.ts';
import {shorten} from '../texts/one-line.ts';
import {parseHttpUrl, readOpenOrSecret, type EndpointRules, type OpenOrSecret} from './endpoint.ts';
import {post} from './post.ts';
import {channelFailure, type Send} from './sending.ts';

/** A topic of ntfy (https://docs.ntfy.sh/publish/#publish-as-json). */
export type NtfyTarget = {
	readonly kind: 'ntfy';
	readonly server: OpenOrSecret;
	/** On a public server it is as good as a password. */
	readonly topic: OpenOrSecret;
	/** An access token. @default none */
	readonly token?: SecretReference;
	readonly rules: EndpointRules;
};

/** From 1 to 5: a critical alert makes the telephone ring, what is over makes no sound. */
const looks = {
	critical: {priority: 5, tags: ['rotating_light']},
	warning: {priority: 4, tags: ['warning']},
	good: {priority: 2, tags: ['white_check_mark']},
} as const;

/** A longer message would become an attachment: 4,096 bytes is its limit. */
const maximumMessageBytes = 3500;

export const sendNtfy: Send<NtfyTarget> = async ({server, topic, token, rules}, notice, sending) => {
	const address = parseHttpUrl(await readOpenOrSecret(server, 'its "server"', sending), 'its "server"');
	const name = await readOpenOrSecret(topic, 'its "topic"', sending);
	if (!/^[\w-]{1,64}$/.test(name)) {
		throw channelFailure('its "topic" is no name of one: it has up to 64 letters, digits, "-" and "_"', {isRetryable: false});
	}

	const secret = token && await sending.secret(token, 'its "token"');
	if (secret !== undefined && !/^[\u0021-\u007E]+$/.test(secret)) {
		throw channelFailure('its "token" is none: it has characters that no token has', {isRetryable: false});
	}

	const {subject} = describeNotice(notice);
	const {priority, tags} = looks[worstOf(notice)];
	const body = JSON.stringify({topic: name, title: subject, message: shorten(plainBody(notice), maximumMessageBytes), priority, tags});
	await post({url: address, rules, headers: {'Content-Type': 'application/json', ...(secret !== undefined && {Authorization: `Bearer ${secret}`})}, body}, sending);
};
