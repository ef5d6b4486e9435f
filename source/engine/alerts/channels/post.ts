import type {LookupAddress} from 'node:dns';
import {Agent as HttpAgent, request as requestPlain, type IncomingMessage, type RequestOptions} from 'node:http';
import {Agent as HttpsAgent, request as requestEncrypted} from 'node:https';
import {isCofferError} from '../../errors.ts';
import {classifyAddress, createAddressCheck} from './address-rules.ts';
import {describeConnectionFailure} from './connection-failure.ts';
import {readCertificates, type EndpointRules} from './endpoint.ts';
import {lookupOf, resolveHost} from './resolve-host.ts';
import {channelFailure, type Sending} from './sending.ts';

/** One request. */
export type Post = {
	readonly url: URL;
	readonly rules: EndpointRules;
	/** @default none besides those that every request has */
	readonly headers?: Readonly<Record<string, string>>;
	readonly body: string;
};

/** The addresses that may be asked. They are looked up once, and the connection is made to one of these: another answer of the name server changes nothing. */
async function findAddresses({url, rules}: Post, sending: Sending): Promise<readonly LookupAddress[]> {
	const found = await resolveHost(url.hostname.replaceAll(/^\[|\]$/g, ''), url.host, sending);
	const isAllowed = createAddressCheck(rules.allow);
	const usable = found.filter(({address}) => isAllowed(address) || classifyAddress(address) === 'public');
	if (usable.length === 0) {
		const [{address}] = found as [LookupAddress];
		throw channelFailure(`${url.host} is at ${address}, which is ${classifyAddress(address)}, and such addresses are asked only where "allow" names them`, {isRetryable: false});
	}

	if (url.protocol === 'http:' && !rules.isInsecure && usable.some(({address}) => !isAllowed(address))) {
		throw channelFailure(`${url.host} would be asked over http, which anybody on the way can read and change: use https, or say "insecure": true`, {isRetryable: false});
	}

	return usable;
}

async function request({url, headers, body}: Post, options: RequestOptions & {readonly ca?: string}): Promise<IncomingMessage> {
	// One of its own: no connection is kept, and no proxy is taken from the environment.
	const [begin, agent] = url.protocol === 'https:' ? [requestEncrypted, new HttpsAgent({keepAlive: false})] as const : [requestPlain, new HttpAgent({keepAlive: false})] as const;
	return new Promise((fulfil, reject) => {
		begin(url, {
			...options,
			method: 'POST',
			headers: {...headers, 'Content-Length': String(Buffer.byteLength(body)), Connection: 'close'},
			agent,
			rejectUnauthorized: true,
			maxHeaderSize: 16_384,
		}).on('response', fulfil).on('error', reject).on('close', () => {
			// Without an answer: what closes tells no error where the other side wants to speak something else.
			reject(Object.assign(new Error('closed'), {code: 'ECONNRESET'}));
		}).end(body);
	});
}

const retryable: ReadonlySet<number> = new Set([408, 425, 429]);

function assertSuccess({host}: URL, status: number): void {
	if (status >= 200 && status < 300) {
		return;
	}

	if (status >= 300 && status < 400) {
		throw channelFailure(`${host} answered with a redirect (status ${status}), and redirects are not followed: name the address that it leads to`, {isRetryable: false});
	}

	throw channelFailure(`${host} answered with status ${status}`, {isRetryable: status >= 500 || retryable.has(status)});
}

/**
Send a text by HTTP. Only public addresses are asked, and those that the rules allow; redirects are not followed; the certificate must be right.
@throws `channel-failed`, whose message names the host, never the rest of the address; what the signal does
*/
export async function post(call: Post, sending: Sending): Promise<void> {
	const {url, rules} = call;
	const ca = await readCertificates(rules.caFile);
	const addresses = await findAddresses(call, sending);
	try {
		const answer = await request({...call, headers: {'User-Agent': sending.program.replace(' ', '/'), ...call.headers}}, {
			lookup: lookupOf(addresses),
			signal: sending.signal,
			...(ca !== undefined && {ca}),
		});
		// What else it says is of no use, and who has taken it shall not get it again because the rest of the answer did not come.
		answer.on('error', () => undefined).destroy();
		assertSuccess(url, answer.statusCode!);
	} catch (error) {
		throw isCofferError(error) ? error : channelFailure(describeConnectionFailure(url.host, error), {isRetryable: true});
	}
}
