import {systemErrorCode} from '../../errors.ts';

const texts: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'refused the connection',
	ECONNRESET: 'broke the connection off',
	EPIPE: 'broke the connection off',
	ETIMEDOUT: 'did not answer',
	EHOSTUNREACH: 'cannot be reached from here',
	ENETUNREACH: 'cannot be reached from here',
	ENOTFOUND: 'is a name that is not known',
	EAI_AGAIN: 'could not be looked up: the name server did not answer',
	CERT_HAS_EXPIRED: 'showed a certificate that has expired',
	CERT_NOT_YET_VALID: 'showed a certificate that does not hold yet',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'showed a certificate that nobody vouches for',
	SELF_SIGNED_CERT_IN_CHAIN: 'showed a certificate that nobody trusted vouches for',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'showed a certificate that nobody trusted vouches for',
	UNABLE_TO_GET_ISSUER_CERT: 'showed a certificate that nobody trusted vouches for',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'showed a certificate that nobody trusted vouches for',
	ERR_TLS_CERT_ALTNAME_INVALID: 'showed a certificate of another host',
};

/** The code of an error, or of the first of several addresses that were tried. */
function codeOf(error: unknown): string | undefined {
	return systemErrorCode(error) ?? (error instanceof AggregateError ? systemErrorCode(error.errors[0]) : undefined);
}

/** Whether `describeConnectionFailure` has words for it. */
export function isKnownFailure(error: unknown): boolean {
	const code = codeOf(error);
	return code !== undefined && Object.hasOwn(texts, code);
}

/**
Why there was no conversation, by its code alone: messages may quote what was sent.
@param host - Name and port.
*/
export function describeConnectionFailure(host: string, error: unknown): string {
	const code = codeOf(error);
	const text = code === undefined ? undefined : texts[code];
	if (text !== undefined) {
		return `${host} ${text}${code!.includes('CERT') || code!.includes('ISSUER') || code!.includes('VERIFY') ? '; name its certificate, or that of its authority, with "ca"' : ''}`;
	}

	if (code?.startsWith('HPE_')) {
		return `${host} answered with something that is not HTTP`;
	}

	return `the connection with ${host} failed${code === undefined ? '' : ` (${code})`}`;
}
