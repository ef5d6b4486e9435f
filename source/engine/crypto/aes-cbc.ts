import {createCipheriv, createDecipheriv, type KeyObject} from 'node:crypto';

export const blockBytes = 16;

/** AES-256-CBC (NIST SP 800-38A) with PKCS#7 padding (RFC 5652, section 6.3). @returns The ciphertext in parts, to be joined in order. */
export function encryptCbc(key: KeyObject, iv: Uint8Array, plaintext: Uint8Array): readonly [Buffer, Buffer] {
	const cipher = createCipheriv('aes-256-cbc', key, iv);
	return [cipher.update(plaintext), cipher.final()];
}

/**
The reverse. To be called only with a ciphertext whose MAC has been checked: the time it takes tells about the padding.
@returns `undefined` where length or padding is wrong.
*/
export function decryptCbc(key: KeyObject, iv: Uint8Array, ciphertext: Uint8Array): Buffer | undefined {
	if (ciphertext.byteLength === 0 || ciphertext.byteLength % blockBytes !== 0) {
		return undefined;
	}

	const decipher = createDecipheriv('aes-256-cbc', key, iv);
	// With automatic padding the last block would come apart from the rest, and joining them would copy everything.
	decipher.setAutoPadding(false);
	const padded = decipher.update(ciphertext);
	decipher.final();
	const paddingBytes = padded.at(-1)!;
	const isPadded = paddingBytes >= 1 && paddingBytes <= blockBytes && padded.subarray(-paddingBytes).every(byte => byte === paddingBytes);
	return isPadded ? padded.subarray(0, -paddingBytes) : undefined;
}
