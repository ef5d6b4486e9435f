import {Buffer} from 'node:buffer';

/** One part of a mail: a whole mail is one, too. */
export type MailPart = {
	/** As they stand there, unfolded and with their encoded words decoded (RFC 2047), in their order. */
	readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
	/** Decoded; of a part with parts, what stands around them is left out. */
	readonly body: string;
	readonly parts: readonly MailPart[];
};

function decodeQuotedPrintable(text: string): Buffer {
	const bytes = text.replaceAll('=\r\n', '').replaceAll(/=(?<code>[\dA-F]{2})/g, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
	return Buffer.from(bytes, 'latin1');
}

function decodeWords(value: string): string {
	return value
		.replaceAll(/\?=\s+=\?/g, '?==?')
		.replaceAll(/=\?utf-8\?(?<way>[bq])\?(?<text>[^?]*)\?=/gi, (_whole, way: string, text: string) => way.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString('latin1') : decodeQuotedPrintable(text.replaceAll('_', ' ')).toString('latin1'));
}

/** @throws Error for what RFC 5322 does not allow: a bare CR or LF, a line of more than 998 bytes, a header without a name */
export function parseMail(bytes: Buffer): MailPart {
	const text = bytes.toString('latin1');
	if (/\r(?!\n)|(?<!\r)\n/.test(text)) {
		throw new Error('a bare CR or LF');
	}

	if (text.split('\r\n').some(line => line.length > 998)) {
		throw new Error('a line of more than 998 bytes');
	}

	return parsePart(text);
}

function parsePart(text: string): MailPart {
	const end = text.startsWith('\r\n') ? 0 : text.indexOf('\r\n\r\n');
	const headers = text.slice(0, end === -1 ? text.length : end).replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n').filter(line => line !== '').map(line => {
		const {name, value} = /^(?<name>[\u0021-\u0039\u003B-\u007E]+):(?<value>.*)$/s.exec(line)?.groups ?? {};
		if (name === undefined) {
			throw new Error(`a header without a name: ${JSON.stringify(line)}`);
		}

		return [name, Buffer.from(decodeWords(value!.trim()), 'latin1').toString()] as const;
	});
	const valueOf = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '';
	const rest = end === -1 ? '' : text.slice(end + 4);
	const boundary = /boundary="?(?<boundary>[^";]+)"?/i.exec(valueOf('content-type'))?.groups?.['boundary'];
	if (boundary !== undefined) {
		const [, ...pieces] = `\r\n${rest}`.split(`\r\n--${boundary}`);
		if (!pieces.at(-1)?.startsWith('--')) {
			throw new Error('a part without an end');
		}

		return {headers, body: '', parts: pieces.slice(0, -1).map(piece => parsePart(piece.slice(2)))};
	}

	const way = valueOf('content-transfer-encoding').toLowerCase();
	const body = way === 'base64' ? Buffer.from(rest, 'base64') : (way === 'quoted-printable' ? decodeQuotedPrintable(rest) : Buffer.from(rest, 'latin1'));
	return {headers, body: body.toString(), parts: []};
}
