import {readFile} from 'node:fs/promises';
import type {SecretReference} from '../../programs/secret-reference.ts';
import {errorText} from '../../errors.ts';
import {channelFailure, type Sending} from './sending.ts';

/** What may be in the open, or found elsewhere. */
export type OpenOrSecret = string | SecretReference;

/** To whom a connection may be made. */
export type EndpointRules = {
	/** Addresses that are not public and are asked all the same: see `isAddressRule`. */
	readonly allow: readonly string[];
	/** Whether http, which anybody on the way can read, will do. */
	readonly isInsecure: boolean;
	/** A file with the certificates that are trusted instead of the usual ones: PEM. @default those of Node */
	readonly caFile?: string;
};

/** @param what - Names the setting in errors: `its "url"`. @throws as `Sending.secret` */
export async function readOpenOrSecret(value: OpenOrSecret, what: string, sending: Sending): Promise<string> {
	return typeof value === 'string' ? value : sending.secret(value, what);
}

/** The certificates of a file. @throws `channel-failed` */
export async function readCertificates(file: string | undefined): Promise<string | undefined> {
	try {
		return file === undefined ? undefined : await readFile(file, 'utf8');
	} catch (error) {
		throw channelFailure(`the certificates that its "ca" names cannot be read: ${errorText(error)}`, {isRetryable: true});
	}
}

/** An address that can be asked. @throws `channel-failed`, which does not quote it */
export function parseHttpUrl(text: string, what: string): URL {
	const url = URL.parse(text);
	if (url === null || !/^https?:$/.test(url.protocol)) {
		throw channelFailure(`${what} is no address that begins with https://`, {isRetryable: false});
	}

	if (url.username !== '' || url.password !== '') {
		throw channelFailure(`${what} holds a user or a password, which is not sent to anybody: leave it out`, {isRetryable: false});
	}

	return url;
}
