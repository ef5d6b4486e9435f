import {Buffer} from 'node:buffer';
import {createCipheriv, createHash} from 'node:crypto';
import {readdirSync, readFileSync, renameSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {deflateRawSync, deflateSync, gzipSync} from 'node:zlib';
import type {Layout} from './source-folder.ts';

/** Bytes as even as chance, the same for the same seed. */
export function evenBytes(seed: string, byteCount: number): Buffer {
	const key = createHash('sha256').update(seed).digest();
	return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(byteCount));
}

const wordList = ['invoice', 'server', 'the', 'of', 'backup', 'customer', 'and', 'error', 'street', 'order', 'total', 'meeting', 'with', 'is', 'not', 'a', 'report', 'user'];

/** English of a kind, the same for the same seed. */
export function plainText(seed: string, byteCount: number): Buffer {
	const choices = evenBytes(seed, Math.ceil(byteCount / 3));
	return Buffer.from([...choices].map(choice => wordList[choice % wordList.length]!).join(' ').slice(0, byteCount));
}

/** Numbers as a program of science writes them. */
export function floatBytes(values: Uint8Array): Buffer {
	const bytes = Buffer.alloc(values.byteLength * 8);
	for (const [index, value] of values.entries()) {
		bytes.writeDoubleLE(value * 1.1, index * 8);
	}

	return bytes;
}

const kinds: ReadonlyArray<readonly [extension: string, make: (seed: string) => Buffer]> = [
	['txt', seed => plainText(seed, 900)],
	['log', seed => plainText(seed, 30_000)],
	['conf', seed => plainText(seed, 150)],
	['csv', seed => Buffer.from(Array.from({length: 200}, (_, line) => `${line};${createHash('md5').update(seed + String(line)).digest('hex')};${line * 7}\n`).join(''))],
	['png', seed => Buffer.concat([Buffer.from('89504E470D0A1A0A', 'hex'), deflateSync(evenBytes(seed, 6000))])],
	['zip', seed => Buffer.concat([Buffer.from('504B0304140000000800', 'hex'), deflateRawSync(evenBytes(seed, 9000))])],
	['gz', seed => gzipSync(evenBytes(seed, 5000))],
	['bin', seed => floatBytes(evenBytes(seed, 800))],
];

/** Files of many kinds in folders, as people have them. @param seed - Another one gives other contents of the same kinds. */
export function mixedLayout(count: number, seed = 'a'): Layout {
	return Object.fromEntries(Array.from({length: count}, (_, number) => {
		const [extension, make] = kinds[number % kinds.length]!;
		return [`folder-${number % 12}/file-${number}.${extension}`, make(`${seed}${number}`)];
	}));
}

/** Files of kinds that are compressed already. */
export function packedLayout(count: number, seed = 'a'): Layout {
	return Object.fromEntries(Array.from({length: count}, (_, number) => [`media/${number}.jpg`, Buffer.concat([Buffer.from('FFD8FFE000104A464946', 'hex'), evenBytes(`${seed}${number}`, 20_000)])]));
}

/** All files below a folder, absolute. */
export function filesBelow(folder: string): string[] {
	return readdirSync(folder, {recursive: true, encoding: 'utf8'}).map(name => path.join(folder, name)).filter(file => statSync(file).isFile()).toSorted();
}

export type EncryptionOptions = {
	/** Given to each name. @default none */
	readonly suffix?: string;
	/** As `openssl enc` writes it, or as bare bytes. @default false */
	readonly isSalted?: boolean;
	/** Only so much of the beginning is encrypted. @default all */
	readonly bytes?: number;
};

/** Encrypt files in their place, as ransomware does. */
export function encryptFiles(files: readonly string[], {suffix = '', isSalted = false, bytes}: EncryptionOptions = {}): void {
	for (const file of files) {
		const content = readFileSync(file);
		const cipher = createCipheriv('aes-256-cbc', createHash('sha256').update(file).digest(), Buffer.alloc(16, 3));
		const sealed = Buffer.concat([cipher.update(content.subarray(0, bytes)), cipher.final()]);
		writeFileSync(file, Buffer.concat([isSalted ? Buffer.from('Salted__12345678') : Buffer.alloc(0), sealed, bytes === undefined ? Buffer.alloc(0) : content.subarray(bytes)]));
		if (suffix !== '') {
			renameSync(file, `${file}${suffix}`);
		}
	}
}
