import type {Buffer} from 'node:buffer';
import {timingSafeEqual} from 'node:crypto';
import {closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync} from 'node:fs';
import path from 'node:path';
import {systemErrorCode} from '../errors.ts';
import {fromDigits, toDigits} from '../secret-digits.ts';

/*
`key` beside the log: the log's key, 64 hexadecimal digits and "\n", of mode 600. With it this host notes what is done without opening the repository, such as a change of the configuration. A verification takes the key from the repository instead.
*/

const keyFile = 'key';

/** The key that was kept. The caller wipes it. @returns `undefined` where there is none, or something else. @throws what the system throws */
export function readLocalKey(folder: string): Buffer | undefined {
	let text: Buffer;
	try {
		text = readFileSync(path.join(folder, keyFile));
	} catch (error) {
		if (systemErrorCode(error) === 'ENOENT') {
			return undefined;
		}

		throw error;
	}

	const key = text.at(-1) === 0x0A ? fromDigits(text.subarray(0, -1), 32) : undefined;
	text.fill(0);
	return key;
}

/** Keep the key, where it is not kept yet. @throws what the system throws */
export function keepLocalKey(folder: string, key: Uint8Array): void {
	const kept = readLocalKey(folder);
	if (kept && timingSafeEqual(kept, key)) {
		kept.fill(0);
		return;
	}

	const part = path.join(folder, `${keyFile}.part`);
	const text = toDigits(key);
	const descriptor = openSync(part, 'w', 0o600);
	try {
		writeSync(descriptor, text);
		writeSync(descriptor, '\n');
		fsyncSync(descriptor);
	} finally {
		text.fill(0);
		closeSync(descriptor);
	}

	renameSync(part, path.join(folder, keyFile));
}
