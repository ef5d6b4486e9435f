import {spawnSync} from 'node:child_process';
import {createCipheriv, createHash, pbkdf2Sync} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {Buffer} from 'node:buffer';
import {gzipSync} from 'node:zlib';
import type {ByteString} from '../../source/engine/byte-string.ts';
import {encodePaxRecords} from '../../source/engine/archives/tar/pax-records.ts';
import {encodeTarHeader, type TarHeader} from '../../source/engine/archives/tar/tar-header.ts';

/** Whether a program is there, as `optionalTest` wants to know. */
export function lackOf(...programs: readonly string[]): string | undefined {
	const missing = programs.filter(program => spawnSync(program, [program === 'openssl' ? 'version' : '--version']).status !== 0);
	return missing.length === 0 ? undefined : `${missing.join(' and ')} not installed`;
}

/** What `openssl enc -aes-256-cbc -salt` writes, by code of our own: for tests of what is read where openssl may be missing. */
export function encryptLikeOpenssl(content: Uint8Array, password: string | Uint8Array, way: number | 'sha256' | 'md5' = 100_000): Buffer {
	const salt = createHash('sha256').update('salt').update(content).digest().subarray(0, 8);
	let derived: Buffer;
	if (typeof way === 'number') {
		derived = pbkdf2Sync(password, salt, way, 48, 'sha256');
	} else {
		const parts: Buffer[] = [];
		while (Buffer.concat(parts).length < 48) {
			parts.push(createHash(way).update(parts.at(-1) ?? Buffer.alloc(0)).update(password).update(salt).digest());
		}

		derived = Buffer.concat(parts);
	}

	const cipher = createCipheriv('aes-256-cbc', derived.subarray(0, 32), derived.subarray(32, 48));
	return Buffer.concat([Buffer.from('Salted__'), salt, cipher.update(content), cipher.final()]);
}

/** An entry of a tar that a test writes by hand, hostile ones included. */
export type HandmadeEntry = Partial<Omit<TarHeader, 'name' | 'linkName'>> & {readonly name: string; readonly linkName?: string; readonly content?: string | Uint8Array; readonly pax?: Readonly<Record<string, string>>};

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.byteLength % 512)) % 512)]);

/** A tar as exactly these entries make it; names are byte strings. */
export function handmadeTar(entries: readonly HandmadeEntry[], {hasEnd = true}: {readonly hasEnd?: boolean} = {}): Buffer {
	const blank = {mode: 0o644, uid: 0, gid: 0, mtime: 1_700_000_000, type: '0', major: 0, minor: 0};
	return Buffer.concat([...entries.flatMap(({content = '', pax, name, linkName = '', ...header}) => {
		const bytes = Buffer.from(content as string);
		const records = pax ? encodePaxRecords(new Map(Object.entries(pax))) : undefined;
		return [
			...(records ? [encodeTarHeader({...blank, linkName: '' as ByteString, name: 'pax' as ByteString, type: 'x', size: records.byteLength}), padded(records)] : []),
			encodeTarHeader({...blank, size: bytes.byteLength, ...header, name: name as ByteString, linkName: linkName as ByteString}),
			padded(bytes),
		];
	}), Buffer.alloc(hasEnd ? 1024 : 0)]);
}

/** Write an archive of a tar as the old scripts do. */
export function writeOldArchive(file: string, tar: Uint8Array, password: string | Uint8Array): void {
	writeFileSync(file, encryptLikeOpenssl(gzipSync(tar), password));
}

/** Flip one bit of a file. */
export function flipBit(file: string, at: number): void {
	const bytes = readFileSync(file);
	bytes[at]! ^= 1;
	writeFileSync(file, bytes);
}

/** Run programs one after the other as the old scripts do; stops at the first that fails. */
export function shell(script: string, cwd: string, environment: Readonly<Record<string, string>> = {}): string {
	const {status, stdout, stderr} = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {cwd, env: {PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC', ...environment}, encoding: 'utf8'});
	if (status !== 0) {
		throw new Error(`${script}: ${stderr}`);
	}

	return stdout;
}
