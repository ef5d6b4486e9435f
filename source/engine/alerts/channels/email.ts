import {connect, type Socket} from 'node:net';
import type {SecretReference} from '../../programs/secret-reference.ts';
import {htmlBody} from '../texts/html-text.ts';
import {describeNotice} from '../texts/notice-content.ts';
import {plainBody} from '../texts/plain-text.ts';
import type {Notice} from '../notice.ts';
import {classifyAddress} from './address-rules.ts';
import {describeConnectionFailure} from './connection-failure.ts';
import {readCertificates} from './endpoint.ts';
import {describeMailFailure, describeRefused} from './mail-failure.ts';
import {lookupOf, resolveHost} from './resolve-host.ts';
import {channelFailure, type Send, type Sending} from './sending.ts';

/** Mailboxes, and the server that takes mail for them. */
export type EmailTarget = {
	readonly kind: 'email';
	readonly host: string;
	readonly port: number;
	/** `starttls` fails where the server does not offer it; `none` is for servers of this machine alone, unless `isInsecure`. */
	readonly security: 'starttls' | 'tls' | 'none';
	readonly isInsecure: boolean;
	/** PEM. @default the certificates of Node */
	readonly caFile?: string;
	/** @default nobody: the server takes mail from this machine */
	readonly login?: {readonly user: string; readonly password: SecretReference};
	readonly from: string;
	readonly to: readonly string[];
};

/** A message as nodemailer takes it. */
export function composeMail({from, to}: Pick<EmailTarget, 'from' | 'to'>, notice: Notice) {
	const domain = /@([\w.-]+)$/.exec(from)?.[1] ?? 'coffer.invalid';
	return {
		from,
		to: [...to],
		subject: describeNotice(notice).subject,
		text: plainBody(notice),
		html: htmlBody(notice),
		// The same at every attempt, so that whoever gets it twice shows it once.
		messageId: `<${notice.id}@${domain}>`,
		date: new Date(notice.time),
		headers: {'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All'},
		newline: 'windows',
		disableFileAccess: true,
		disableUrlAccess: true,
	};
}

async function open({host, port, security, isInsecure}: EmailTarget, sending: Sending): Promise<Socket> {
	const place = `${host}:${port}`;
	const addresses = await resolveHost(host, place, sending);
	if (security === 'none' && !isInsecure && addresses.some(({address}) => classifyAddress(address) !== 'loopback')) {
		throw channelFailure(`mail to ${place} would go over the network unencrypted: set "security" to "starttls" or "tls", or say "insecure": true`, {isRetryable: false});
	}

	return new Promise((resolve, reject) => {
		const socket = connect({host, port, lookup: lookupOf(addresses), signal: sending.signal});
		socket.once('connect', () => {
			socket.off('error', reject);
			resolve(socket);
		}).once('error', reject);
	});
}

export const sendEmail: Send<EmailTarget> = async (target, notice, sending) => {
	const {host, port, security, caFile, login, to} = target;
	const place = `${host}:${port}`;
	const ca = await readCertificates(caFile);
	const password = login && await sending.secret(login.password, 'its "password"');
	const {createTransport} = await import('nodemailer');
	let socket: Socket;
	try {
		socket = await open(target, sending);
	} catch (error) {
		throw sending.signal.aborted || 'isRetryable' in (error as object) ? error : channelFailure(describeConnectionFailure(place, error), {isRetryable: true});
	}

	try {
		const transport = createTransport({
			host,
			port,
			connection: socket,
			secure: security === 'tls',
			requireTLS: security === 'starttls',
			ignoreTLS: security === 'none',
			tls: {rejectUnauthorized: true, ...(ca !== undefined && {ca})},
			// Where the server lets nobody log in, it shall fail and not go on unknown.
			...(login && {auth: {user: login.user, pass: password!}, forceAuth: true}),
		});
		const {rejectedErrors = []} = await transport.sendMail({...composeMail(target, notice), signal: sending.signal});
		if (rejectedErrors.length > 0) {
			// Another attempt would bring it to the others once more.
			throw channelFailure(`${place} took the mail for ${to.length - rejectedErrors.length} of ${to.length} mailboxes, but ${describeRefused(rejectedErrors)}`, {isRetryable: false, isPartial: true});
		}
	} catch (error) {
		throw describeMailFailure(place, error);
	} finally {
		socket.destroy();
	}
};
