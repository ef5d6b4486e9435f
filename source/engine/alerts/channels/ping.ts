import {oneLine, shorten} from '../texts/one-line.ts';
import {attempt} from './attempt.ts';
import {parseHttpUrl, readOpenOrSecret, type EndpointRules, type OpenOrSecret} from './endpoint.ts';
import type {SendingContext} from './sending.ts';

/** A dead man's switch: somebody who notices when nothing is heard any more (https://healthchecks.io/docs/http_api/). */
export type PingTarget = {readonly url: OpenOrSecret; readonly rules: EndpointRules};

/** How a run ended. */
export type PingEnd = {
	readonly isSuccess: boolean;
	/** The exit code. */
	readonly code: number;
	/** One line. */
	readonly summary: string;
};

/** What is told of a run. */
export type PingSignal = {
	/** 32 hexadecimal digits; the same at its beginning and at its end, so that they are known to belong together. */
	readonly runId: string;
	readonly state: {readonly kind: 'start'} | {readonly kind: 'end'} & PingEnd;
};

const limitMs = 5000;
const maximumSummaryBytes = 10_000;

/** A number as RFC 9562 writes it. */
const toUuid = (id: string): string => id.replace(/^(.{8})(.{4})(.{4})(.{4})(?=.{12}$)/, '$1-$2-$3-$4-');

/** What is added to the address. Of a run that failed the code is told, where it is one; `/0` would be success. */
function placeOf(state: PingSignal['state']): string {
	if (state.kind === 'start') {
		return '/start';
	}

	if (state.isSuccess) {
		return '';
	}

	return state.code > 0 && state.code < 256 ? `/${state.code}` : '/fail';
}

/**
Tell of a run that begins or ends.
@throws `channel-failed` after 5 seconds at the latest; `aborted`
*/
export async function sendPing({url, rules}: PingTarget, {runId, state}: PingSignal, context: SendingContext, signal: AbortSignal): Promise<void> {
	await attempt(context, {what: 'The ping', limitMs, signal}, async sending => {
		// What speaks HTTP is loaded only where somebody is told.
		const {post} = await import('./post.ts');
		const address = parseHttpUrl(await readOpenOrSecret(url, 'the "url" of "ping"', sending), 'the "url" of "ping"');
		address.pathname = `${address.pathname.replace(/\/$/, '')}${placeOf(state)}`;
		address.searchParams.set('rid', toUuid(runId));
		const body = state.kind === 'start' ? '' : shorten(oneLine(state.summary), maximumSummaryBytes);
		await post({url: address, rules, headers: {'Content-Type': 'text/plain; charset=utf-8'}, body}, sending);
	});
}
