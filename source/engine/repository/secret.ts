import {Buffer, isAscii, isUtf8} from 'node:buffer';
import type {SlotId} from '../ids.ts';

/** What a person or a host shows to open a slot. The bytes stay the caller's, who wipes them when the repository is open. */
export type Secret = {
	readonly keyFile?: {readonly slotId: SlotId; readonly key: Uint8Array};
	/** UTF-8, in any composition of its letters. */
	readonly passphrase?: Uint8Array;
};

/** Overwrite a secret that nobody needs any more. */
export function wipeSecret(secret: Secret | undefined): void {
	secret?.keyFile?.key.fill(0);
	secret?.passphrase?.fill(0);
}

/**
The bytes that a passphrase puts into PBKDF2: UTF-8 in NFC, so that it does not matter how a keyboard composes letters. ASCII is copied as it is; any other text has to pass through a string, which
cannot be wiped. What is no UTF-8 is taken as it is.
@returns A copy, which the caller wipes.
*/
export function normalizePassphrase(passphrase: Uint8Array): Buffer {
	if (!ArrayBuffer.isView(passphrase)) {
		throw new TypeError('A passphrase is given as bytes');
	}

	return isAscii(passphrase) || !isUtf8(passphrase) ? Buffer.from(passphrase) : Buffer.from(new TextDecoder('utf-8', {ignoreBOM: true}).decode(passphrase).normalize('NFC'));
}
