import type {SecretReference} from '../../programs/secret-reference.ts';
import {slackText} from '../texts/slack-text.ts';
import {parseHttpUrl, type EndpointRules} from './endpoint.ts';
import {post} from './post.ts';
import type {Send} from './sending.ts';

/** An incoming webhook of Slack, or of what takes the same (Mattermost, Rocket.Chat). */
export type SlackTarget = {
	readonly kind: 'slack';
	/** Whoever knows it can write there. */
	readonly url: SecretReference;
	readonly rules: EndpointRules;
};

export const sendSlack: Send<SlackTarget> = async ({url, rules}, notice, sending) => {
	const address = parseHttpUrl(await sending.secret(url, 'its "url"'), 'its "url"');
	// A text alone, without links, previews and pictures.
	const body = JSON.stringify({text: slackText(notice), mrkdwn: true, unfurl_links: false, unfurl_media: false});
	await post({url: address, rules, headers: {'Content-Type': 'application/json'}, body}, sending);
};
