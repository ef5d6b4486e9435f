import {CofferError} from '../errors.ts';

/** A file as `sha256sum` writes it and `sha256sum -c` reads it. @param fileName - Without a folder. */
export function encodeChecksumFile(sha256: string, fileName: string): string {
	// sha256sum marks a line whose name it has to escape.
	const escaped = fileName.replaceAll('\\', '\\\\').replaceAll('\n', String.raw`\n`).replaceAll('\r', String.raw`\r`);
	return `${escaped === fileName ? '' : '\\'}${sha256}  ${escaped}\n`;
}

/** The SHA-256 that such a file, or one with nothing but digits, names. @param what - Names the file in errors. @throws `damaged` */
export function decodeChecksumFile(text: string, what: string): string {
	const sha256 = /^\\?(?<digits>[\da-f]{64})(?:\s|$)/i.exec(text)?.groups?.['digits'];
	if (sha256 === undefined) {
		throw new CofferError('damaged', `${what} holds no SHA-256 as sha256sum writes it. Look at it; without that file the archive is read without this check.`);
	}

	return sha256.toLowerCase();
}
