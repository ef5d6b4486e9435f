import {isCofferError, type CofferError} from '../../errors.ts';
import {oneLine, shorten} from '../texts/one-line.ts';
import {describeConnectionFailure, describeFailureCode} from './connection-failure.ts';
import {channelFailure} from './sending.ts';

/** What errors of nodemailer say besides their message. */
type MailError = {
	readonly code?: string | undefined;
	/** The number of the server's reply (RFC 5321, 4.2). */
	readonly responseCode?: number | undefined;
	readonly response?: string | undefined;
	readonly recipient?: string | undefined;
	readonly rejectedErrors?: readonly MailError[] | undefined;
	/** The code of what was below it, such as that of a certificate. */
	readonly originalCode?: string | undefined;
};

const maximumReplyBytes = 200;

function replyOf({response = '', responseCode}: MailError): string {
	const text = shorten(oneLine(response), maximumReplyBytes);
	return text === '' ? `status ${responseCode ?? 'unknown'}` : text;
}

/** `refused it for bob@example.org: 550 no such user`. */
export function describeRefused(errors: readonly MailError[]): string {
	return `refused it for ${errors.map(error => `${oneLine(error.recipient ?? 'somebody')} (${replyOf(error)})`).join(', ')}`;
}

/** Replies from 400 to 499 are for now, those from 500 for ever; where there was none, it was the connection. */
function isForNow({responseCode}: MailError): boolean {
	return responseCode === undefined || responseCode < 500;
}

/** What went wrong with a mail server. @param place - Name and port. */
export function describeMailFailure(place: string, error: unknown): CofferError {
	if (isCofferError(error)) {
		return error;
	}

	const failure = error as MailError;
	const {code, rejectedErrors = []} = failure;
	const isRetryable = isForNow(failure);
	if (code === 'EAUTH' || code === 'ENOAUTH') {
		// Some servers quote what they were sent.
		return channelFailure(failure.responseCode === undefined ? `${place} lets nobody log in in a way that is known here` : `${place} refused the user or the password (status ${failure.responseCode})`, {isRetryable: failure.responseCode !== undefined && isRetryable});
	}

	if (rejectedErrors.length > 0) {
		return channelFailure(`${place} ${describeRefused(rejectedErrors)}`, {isRetryable: rejectedErrors.some(one => isForNow(one))});
	}

	const connectionText = describeFailureCode(place, failure.originalCode ?? code);
	if (connectionText !== undefined) {
		return channelFailure(connectionText, {isRetryable: true});
	}

	if (code === 'ETLS') {
		return channelFailure(`${place} offers no encryption (STARTTLS), or it failed there; without it nothing is sent`, {isRetryable: true});
	}

	if (code === 'EPROTOCOL' && failure.responseCode === undefined) {
		return channelFailure(`${place} answered with something that is not SMTP`, {isRetryable: true});
	}

	return failure.responseCode === undefined
		? channelFailure(describeConnectionFailure(place, error), {isRetryable: true})
		: channelFailure(`${place} refused the mail: ${replyOf(failure)}`, {isRetryable});
}
