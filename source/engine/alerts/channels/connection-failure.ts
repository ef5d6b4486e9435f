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
	EPROTO: 'does not speak TLS on this port, or none that is safe',
	ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS on this port',
	ERR_SSL_PACKET_LENGTH_TOO_LONG: 'does not speak TLS on this port',
	ERR_SSL_UNSUPPORTED_PROTOCOL: 'speaks no TLS that is safe',
	CERT_HAS_EXPIRED: 'showed a certificate that has expired',
	CERT_NOT_YET_VALID: 'showed a certificate that does not hold yet',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'showed a certificate that nobody vouches for',
	SELF_SIGNED_CERT_IN_CHAIN: 'showed a certificate that nobody trusted vouches for',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'showed a certificate that nobody trusted vouches for',
	UNABLE_TO_GET_ISSUER_CERT: 'showed a certificate that nobody trusted vouches for',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'showed a certificate that nobody trusted vouches for',
	ERR_TLS_CERT_ALTNAME_INVALID: 'showed a certificate of another host',
};

/**
Why there was no conversation, in words.
@param host - Name and port.
@returns `undefined` for a code that there are no words for.
*/
export function describeFailureCode(host: string, code: string | undefined): string | undefined {
	if (code === undefined || !Object.hasOwn(texts, code)) {
		return code?.startsWith('HPE_') ? `${host} answered with something that is not HTTP` : undefined;
	}

	return `${host} ${texts[code]!}${texts[code]!.includes('vouches for') ? '; name its certificate, or that of its authority, with "ca"' : ''}`;
}

/** The same of an error, by its code alone: messages may quote what was sent. */
export function describeConnectionFailure(host: string, error: unknown): string {
	// Where several addresses were tried, the first says as much as any.
	const code = systemErrorCode(error) ?? (error instanceof AggregateError ? systemErrorCode(error.errors[0]) : undefined);
	return describeFailureCode(host, code) ?? `the connection with ${host} failed${code === undefined ? '' : ` (${code})`}`;
}
