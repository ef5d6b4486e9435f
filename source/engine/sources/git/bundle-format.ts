import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {toBytes, type ByteString} from '../../byte-string.ts';
import {CofferError} from '../../errors.ts';
import type {ObjectFormat} from './repository-config.ts';
import {isObjectId, isRefName} from './ref-name.ts';

/*
A bundle (gitformat-bundle(5)): "# v2 git bundle" LF, then "ID NAME" LF for each ref, an empty line, and a pack. Repositories with SHA-256 need version 3, which has the line
"@object-format=sha256" after the first. None of ours has prerequisites ("-ID"): each is complete.
A pack (gitformat-pack(5)): "PACK", version (4 bytes), number of objects (4 bytes), the objects, and the hash over all that.
*/

/** The name of the bundle in a repository's folder in a snapshot. */
export const bundleName = 'coffer.bundle' as ByteString;

export type BundleHeader = {
	readonly objectFormat: ObjectFormat;
	/** HEAD among them, where it stands on anything. */
	readonly refs: ReadonlyMap<ByteString, string>;
};

export const hexLengths = {sha1: 40, sha256: 64} as const;

export function encodeBundleHeader({objectFormat, refs}: BundleHeader): Buffer {
	const start = objectFormat === 'sha1' ? '# v2 git bundle\n' : '# v3 git bundle\n@object-format=sha256\n';
	return toBytes(`${start}${[...refs].map(([name, id]) => `${id} ${name}\n`).join('')}\n`);
}

const maximumHeaderBytes = 256 * 1024 * 1024;

/**
Read the header of a bundle of ours.
@param readMore - Gives the next bytes of it; none at the end.
@returns The header, and at which byte the pack begins.
@throws Error with a reason
*/
export function readBundleHeader(readMore: () => Buffer): {readonly header: BundleHeader; readonly packOffset: number} {
	const parts: Buffer[] = [];
	let length = 0;
	for (let end = -1; end === -1;) {
		const part = readMore();
		if (part.byteLength === 0 || length > maximumHeaderBytes) {
			throw new Error('it is no bundle, or was cut off');
		}

		// The empty line may lie across two parts.
		const seam = Buffer.concat([parts.at(-1)?.subarray(-1) ?? Buffer.alloc(0), part]);
		const found = seam.indexOf('\n\n');
		end = found === -1 ? -1 : length + found - (seam.byteLength - part.byteLength) + 2;
		parts.push(part);
		length += part.byteLength;
		if (end !== -1) {
			return {header: parseHeader(Buffer.concat(parts).toString('latin1', 0, end - 2)), packOffset: end};
		}
	}

	throw new Error('it is no bundle');
}

function parseHeader(text: string): BundleHeader {
	const lines = text.split('\n');
	const [first, second] = lines;
	const isSha256 = first === '# v3 git bundle' && second === '@object-format=sha256';
	if (!isSha256 && first !== '# v2 git bundle') {
		throw new Error('it is no bundle that coffer has made');
	}

	const objectFormat = isSha256 ? 'sha256' : 'sha1';
	const hexLength = hexLengths[objectFormat];
	const refs = new Map<ByteString, string>();
	for (const line of lines.slice(isSha256 ? 2 : 1)) {
		const id = line.slice(0, hexLength);
		const name = line.slice(hexLength + 1) as ByteString;
		if (!isObjectId(id, hexLength) || line[hexLength] !== ' ' || (name !== 'HEAD' && !isRefName(name)) || refs.has(name)) {
			throw new Error('its list of refs is damaged');
		}

		refs.set(name, id);
	}

	return {objectFormat, refs};
}

const packHeaderBytes = 12;
const digestBytes = {sha1: 20, sha256: 32} as const;

/**
Look at a pack while it passes.
@yields Its pieces.
@throws `source-failed` at its end, where it is none, or not whole
*/
export async function * checkPack(pieces: AsyncIterable<Buffer>, objectFormat: ObjectFormat, what: string): AsyncGenerator<Buffer, void, undefined> {
	const hash = createHash(objectFormat);
	let start = Buffer.alloc(0);
	let tail = Buffer.alloc(0);
	for await (const piece of pieces) {
		if (start.byteLength < packHeaderBytes) {
			start = Buffer.concat([start, piece.subarray(0, packHeaderBytes)]);
		}

		// The last bytes are the hash, and no part of what it is of.
		const held = Buffer.concat([tail, piece]);
		const cut = Math.max(0, held.byteLength - digestBytes[objectFormat]);
		hash.update(held.subarray(0, cut));
		tail = Buffer.from(held.subarray(cut));
		yield piece;
	}

	if (!start.toString('latin1').startsWith('PACK\0\0\0\u0002') || !hash.digest().equals(tail)) {
		throw new CofferError('source-failed', `${what} gave a pack that is not whole. Nothing of it counts; try again, and if it comes again, run "git fsck" in the repository.`);
	}
}
