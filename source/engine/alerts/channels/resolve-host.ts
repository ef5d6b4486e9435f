import type {LookupAddress} from 'node:dns';
import {lookup} from 'node:dns/promises';
import {isIP, type LookupFunction} from 'node:net';
import {describeConnectionFailure} from './connection-failure.ts';
import {channelFailure, type Sending} from './sending.ts';

/**
The addresses behind a name, as this system knows them; of an address itself.
@param place - The host and its port, for errors.
@returns At least one.
@throws `channel-failed`
*/
export async function resolveHost(host: string, place: string, {resolveHost: resolve}: Sending): Promise<readonly LookupAddress[]> {
	const family = isIP(host);
	if (family !== 0) {
		return [{address: host, family}];
	}

	let found: readonly LookupAddress[];
	try {
		found = resolve ? await resolve(host) : await lookup(host, {all: true});
	} catch (error) {
		throw channelFailure(describeConnectionFailure(place, error), {isRetryable: true});
	}

	if (found.length === 0) {
		throw channelFailure(`${place} has no address`, {isRetryable: true});
	}

	return found;
}

/** Answers every question with these addresses: what was checked is what is connected to, whatever a name server says the next time. */
export function lookupOf(addresses: readonly LookupAddress[]): LookupFunction {
	return (_host, {all}, callback) => {
		if (all) {
			callback(null, [...addresses]);
		} else {
			callback(null, addresses[0]!.address, addresses[0]!.family);
		}
	};
}
