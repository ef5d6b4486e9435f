import {fromBytes, toBytes, type ByteString} from '../../byte-string.ts';
import {CofferError} from '../../errors.ts';
import type {StreamedEntry} from '../../streamed-entry.ts';
import type {ExtendedAttribute, NodeType} from '../../tree-node.ts';
import type {ByteSource} from '../byte-source.ts';
import {joinDevice} from './device-number.ts';
import {decodePaxRecords, decodeXattrName, parsePaxTime, xattrPrefix, type PaxRecords} from './pax-records.ts';
import {blockBytes, decodeTarHeader, isZeroBlock, type TarHeader} from './tar-header.ts';

export type TarReaderOptions = {
	/** Names the archive in errors. */
	readonly what: string;
	/** Told of each entry that cannot be taken, with a reason for people. */
	readonly onSkip: (path: ByteString, reason: string) => void;
};

/** No more is read for one entry's pax records or long name. */
const maximumExtensionBytes = 1024 * 1024;

const types: Readonly<Record<string, NodeType | 'link'>> = {0: 'file', 7: 'file', 1: 'link', 2: 'symlink', 3: 'character', 4: 'block', 5: 'directory', 6: 'fifo', D: 'directory'};

/** What has come for the next entry. */
type Extensions = {readonly records?: PaxRecords; readonly name?: ByteString; readonly linkName?: ByteString};

const isId = (value: number): boolean => Number.isSafeInteger(value) && value >= 0 && value <= 0xFF_FF_FF_FF;
/** Of nobody, as Linux has it. */
const unknownId = 65_534;

function extendedAttributes(records: PaxRecords): ExtendedAttribute[] {
	return [...records].flatMap(([key, value]) => {
		const name = key.startsWith(xattrPrefix) ? decodeXattrName(key.slice(xattrPrefix.length)) : undefined;
		return name === undefined ? [] : [{name, value: toBytes(value)}];
	});
}

/** An entry as records and long names make it. */
function describe(header: TarHeader, {records = new Map(), name, linkName}: Extensions, type: NodeType): Omit<StreamedEntry, 'content' | 'linkTo'> {
	const numberOf = (key: string, value: number) => records.has(key) ? Number(records.get(key)) : value;
	const uid = numberOf('uid', header.uid);
	const gid = numberOf('gid', header.gid);
	const xattrs = extendedAttributes(records);
	const target = (records.get('linkpath') ?? linkName ?? header.linkName) as ByteString;
	return {
		path: (records.get('path') ?? name ?? header.name) as ByteString,
		type,
		mode: header.mode,
		uid: isId(uid) ? uid : unknownId,
		gid: isId(gid) ? gid : unknownId,
		mtimeNs: parsePaxTime(records.get('mtime') ?? '') ?? BigInt(header.mtime) * 1_000_000_000n,
		...(xattrs.length > 0 && {xattrs}),
		...(type === 'symlink' && {target}),
		...((type === 'block' || type === 'character') && {rdev: joinDevice(BigInt(header.major), BigInt(header.minor)).toString()}),
	};
}

/** Reads a tar archive entry by entry: of POSIX's formats (ustar, pax), GNU's and those before, sparse files and volumes of several parts excepted. */
export class TarReader {
	readonly #source: ByteSource;
	readonly #options: TarReaderOptions;
	#globals: PaxRecords = new Map();

	constructor(source: ByteSource, options: TarReaderOptions) {
		this.#source = source;
		this.#options = options;
	}

	/**
	@yields Each entry in its order. What is left of its content is passed over when the next one is asked for.
	@throws `damaged`; what the source throws
	*/
	async * entries(): AsyncGenerator<StreamedEntry, void> {
		let extensions: Extensions = {};
		for (;;) {
			const block = await this.#source.read(blockBytes);
			if (isZeroBlock(block)) {
				return;
			}

			this.#assertWhole(block.byteLength === blockBytes);
			const header = decodeTarHeader(block, this.#options.what);
			if ('xXgLK'.includes(header.type)) {
				extensions = await this.#extend(extensions, header);
				continue;
			}

			const {records} = extensions;
			const all = {...extensions, records: new Map([...this.#globals, ...records ?? []])};
			extensions = {};
			yield * this.#entry(header, all);
		}
	}

	async #extend(before: Extensions, {type, size}: TarHeader): Promise<Extensions> {
		if (size > maximumExtensionBytes) {
			throw new CofferError('damaged', `${this.#options.what} holds a tar entry with ${size} bytes of name or pax records; at most ${maximumExtensionBytes} are read.`);
		}

		const bytes = await this.#source.read(size);
		this.#assertWhole(bytes.byteLength === size);
		await this.#skip(paddingOf(size));
		if (type === 'L' || type === 'K') {
			const end = bytes.indexOf(0);
			const text = fromBytes(end === -1 ? bytes : bytes.subarray(0, end));
			return {...before, ...(type === 'L' ? {name: text} : {linkName: text})};
		}

		const records = decodePaxRecords(bytes, this.#options.what);
		if (type === 'g') {
			this.#globals = new Map([...this.#globals, ...records]);
			return before;
		}

		return {...before, records};
	}

	async * #entry(header: TarHeader, extensions: Extensions): AsyncGenerator<StreamedEntry, void> {
		const {records = new Map<string, string>()} = extensions;
		const name = (records.get('path') ?? extensions.name ?? header.name) as ByteString;
		// Before there was a type for directories, a slash at the end meant one.
		const type = header.type === '0' && name.endsWith('/') ? 'directory' : types[header.type];
		// Of the others the size means nothing, whatever it says.
		const size = '123456'.includes(header.type) ? 0 : this.#sizeOf(header, records);
		const isSparse = header.type === 'S' || records.keys().some(key => key.startsWith('GNU.sparse.'));
		if (type === undefined || isSparse) {
			await this.#passOver(header, name, isSparse ? 'it is stored as a sparse file of GNU tar, which is not read' : `it is of a kind ("${header.type}") that only the program knows that wrote it`);
			await this.#skip(size + paddingOf(size));
			return;
		}

		if (type === 'link') {
			const linkTo = (records.get('linkpath') ?? extensions.linkName ?? header.linkName) as ByteString;
			yield {...describe(header, extensions, 'file'), linkTo};
			return;
		}

		if (type !== 'file') {
			yield describe(header, extensions, type);
			await this.#skip(size + paddingOf(size));
			return;
		}

		const left = {bytes: size};
		yield {...describe(header, extensions, 'file'), size, content: this.#content(left)};
		await this.#skip(left.bytes + paddingOf(size));
	}

	#sizeOf(header: TarHeader, records: PaxRecords): number {
		const size = records.has('size') ? Number(records.get('size')) : header.size;
		if (!Number.isSafeInteger(size) || size < 0) {
			throw new CofferError('damaged', `${this.#options.what} holds a tar entry whose size is no number of bytes.`);
		}

		return size;
	}

	/** Of a label of the volume nothing is missed. */
	async #passOver({type, isSparseMapLong}: TarHeader, name: ByteString, reason: string): Promise<void> {
		if (type === 'M') {
			throw new CofferError('damaged', `${this.#options.what} is a later part of an archive of several volumes; a part alone cannot be read.`);
		}

		if (type !== 'V') {
			this.#options.onSkip(name, reason);
		}

		for (let isMore = type === 'S' && (isSparseMapLong ?? false); isMore;) {
			const block = await this.#source.read(blockBytes);
			this.#assertWhole(block.byteLength === blockBytes);
			isMore = block[504] === 1;
		}
	}

	async * #content(left: {bytes: number}): AsyncGenerator<Uint8Array, void> {
		while (left.bytes > 0) {
			const piece = await this.#source.next(left.bytes);
			this.#assertWhole(piece !== undefined);
			left.bytes -= piece!.byteLength;
			yield piece!;
		}
	}

	async #skip(length: number): Promise<void> {
		this.#assertWhole(await this.#source.skip(length) === length);
	}

	#assertWhole(isWhole: boolean): void {
		if (!isWhole) {
			throw new CofferError('damaged', `${this.#options.what} ends in the middle of its tar: it was cut off.`);
		}
	}
}

const paddingOf = (size: number): number => (blockBytes - (size % blockBytes)) % blockBytes;
