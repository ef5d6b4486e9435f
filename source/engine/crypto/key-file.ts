import {createHash} from 'node:crypto';
import {CofferError} from '../errors.ts';
import {isHex, type SlotId} from '../ids.ts';

/*
A key file is text, so that it can be printed, typed and read by a shell script:

	# comment lines
	slot  <32 hex digits>
	key   <64 hex digits>
	check <8 hex digits: the first 4 bytes of SHA-256("coffer key file" ‖ slot ‖ key), slot and key as the text above>
*/

/** A key file's content. `key` is 32 random bytes; who keeps it wipes it. */
export type KeyFile = {
	readonly slotId: SlotId;
	readonly key: Buffer;
};

/** No key file is longer; more is not read. */
export const maximumKeyFileBytes = 4096;

function checkOf(slot: string, key: string): string {
	return createHash('sha256').update(`coffer key file${slot}${key}`).digest('hex').slice(0, 8);
}

export function encodeKeyFile(keyFile: KeyFile): string {
	const key = keyFile.key.toString('hex');
	return `# coffer key file. Who holds it can open the repository; without it nobody can. Keep a copy in another place.
slot  ${keyFile.slotId}
key   ${key}
check ${checkOf(keyFile.slotId, key)}
`;
}

/**
@throws `key-file-invalid`, with what is wrong; the message never holds the content.
*/
export function decodeKeyFile(text: string): KeyFile {
	const fields = new Map<string, string>();
	for (const line of text.split('\n')) {
		const content = line.trim();
		if (content === '' || content.startsWith('#')) {
			continue;
		}

		const match = /^(?<name>slot|key|check)\s+(?<value>[\da-f]+)$/.exec(content);
		const name = match?.groups?.['name'];
		if (name === undefined || fields.has(name)) {
			throw new CofferError('key-file-invalid', 'it has a line that is not one each of "slot", "key" and "check"');
		}

		fields.set(name, match?.groups?.['value'] ?? '');
	}

	const slot = fields.get('slot') ?? '';
	const key = fields.get('key') ?? '';
	if (!isHex(slot, 16) || !isHex(key, 32) || slot === '' || key === '') {
		throw new CofferError('key-file-invalid', 'it needs a slot of 32 and a key of 64 hexadecimal digits');
	}

	if (fields.get('check') !== checkOf(slot, key)) {
		throw new CofferError('key-file-invalid', 'its check digits do not fit: a digit was changed or mistyped');
	}

	return {slotId: slot as SlotId, key: Buffer.from(key, 'hex')};
}
