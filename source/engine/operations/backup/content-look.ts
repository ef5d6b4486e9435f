import {Buffer} from 'node:buffer';

/** So much of the middle of a content is looked at. */
const sampleBytes = 8 * 1024;
/** And of its beginning: some who encrypt files leave the rest as it is. */
const headBytes = 4 * 1024;
/** Less cannot be told apart. */
const leastExaminedBytes = 64;
/** Below so many bytes chance varies more. */
const smallBytes = 1024;

type Magic = {readonly at: number; readonly bytes: Buffer};

const magic = (hex: string, at = 0): Magic => ({at, bytes: Buffer.from(hex.replaceAll(' ', ''), 'hex')});
const words = (text: string, at = 0): Magic => ({at, bytes: Buffer.from(text, 'latin1')});

/** What compressed contents begin with: they are as even as encrypted ones, and no reason to worry. */
const packed: readonly Magic[] = [
	magic('504B0304'), magic('504B0506'), magic('1F8B'), magic('FD377A585A00'), magic('28B52FFD'), magic('04224D18'), words('BZh'), magic('377ABCAF271C'), words('Rar!'), words('MSCF'), magic('5D000080'), words('LZIP'),
	magic('FFD8FF'), magic('89504E47'), words('GIF8'), words('RIFF'), words('ftyp', 4), words('ID3'), magic('FFFB'), magic('FFF3'), words('OggS'), words('fLaC'), magic('1A45DFA3'), magic('3026B2758E66CF11'), words('FLV'), magic('000001BA'),
	words('%PDF-'), words('wOFF'), words('wOF2'), words('PACK'), magic('FF744F63'), words('!<arch>'), magic('EDABEEDB'), words('hsqs'), words('II*\0'), words('MM\0*'), magic('0000000C6A502020'), words('MThd'),
	words('070701'), words('CD001', 0x80_01), words('QFI'), words('KDMV'), words('conectix'),
];

/** What contents begin with that were encrypted by well-known programs. */
const sealed: readonly Magic[] = [words('Salted__'), words('age-encryption.org/'), words('-----BEGIN PGP MESSAGE-----'), words('-----BEGIN AGE ENCRYPTED FILE-----'), magic('4C554B53BABE')];

/** Kinds by the first byte of what they begin with, and those that show elsewhere: most contents are like none at first sight. */
type Kinds = {readonly byFirst: ReadonlyMap<number, readonly Magic[]>; readonly others: readonly Magic[]};

const arrange = (kinds: readonly Magic[]): Kinds => ({byFirst: Map.groupBy(kinds.filter(({at}) => at === 0), ({bytes}) => bytes[0]!), others: kinds.filter(({at}) => at > 0)});
const packedKinds = arrange(packed);
const sealedKinds = arrange(sealed);

function isAt(content: Uint8Array, {at, bytes}: Magic): boolean {
	for (let index = 0; index < bytes.byteLength; index++) {
		if (content[at + index] !== bytes[index]) {
			return false;
		}
	}

	return true;
}

const isBegunAs = (content: Uint8Array, {byFirst, others}: Kinds): boolean => (byFirst.get(content[0]!) ?? []).some(kind => isAt(content, kind)) || others.some(kind => isAt(content, kind));

/** Of the first bytes of what is as even as chance, half have their highest bit set; fewer or more than this happens once in 10^9 times. Texts are told by it. */
const glanceBytes = 64;
const fewest = 8;

function isEvenAtGlance(bytes: Uint8Array): boolean {
	let high = 0;
	for (let index = 0; index < glanceBytes; index++) {
		high += bytes[index]! >> 7;
	}

	return high >= fewest && high <= glanceBytes - fewest;
}

/** c · log2(c) for every count that a sample can have. */
const weights = Float64Array.from({length: sampleBytes + 1}, (_, count) => count === 0 ? 0 : count * Math.log2(count));
const counts = new Uint16Array(256);

/** The entropy of bytes, in bits a byte (Shannon). @param bytes - From 1 to `sampleBytes`. */
export function entropyOf(bytes: Uint8Array): number {
	counts.fill(0);
	const {byteLength} = bytes;
	for (let index = 0; index < byteLength; index++) {
		counts[bytes[index]!]!++;
	}

	let sum = 0;
	for (let value = 0; value < 256; value++) {
		sum += weights[counts[value]!]!;
	}

	return Math.max(0, Math.log2(byteLength) - sum / byteLength);
}

const expected = new Float64Array(sampleBytes + 1);

/** The entropy that so many random bytes have on average: a few cannot have all values equally often. Their counts are taken for a Poisson distribution. */
export function randomEntropy(byteCount: number): number {
	const known = expected[byteCount]!;
	if (known > 0) {
		return known;
	}

	const mean = (byteCount - 1) / 256;
	let probability = Math.exp(-mean);
	let loss = 0;
	for (let others = 1; others <= 40 + 4 * mean; others++) {
		probability *= mean / others;
		loss += probability * Math.log2(others + 1);
	}

	const entropy = Math.log2(byteCount) - loss;
	expected[byteCount] = entropy;
	return entropy;
}

/** Whether bytes are as even as chance. */
function isEven(bytes: Uint8Array): boolean {
	const {byteLength} = bytes;
	const margin = byteLength < smallBytes ? 0.3 : 0.15;
	return byteLength >= leastExaminedBytes && isEvenAtGlance(bytes) && entropyOf(bytes) >= randomEntropy(byteLength) - margin;
}

/** What was seen of the content of one file. */
export type ContentLook = {
	/** Whether it looks encrypted; missing where it is too small to tell. */
	readonly isOpaque?: boolean;
	/** Whether the repository had none of it or a part, all of it, or it is as the previous snapshot has it. */
	readonly content: 'new' | 'known' | 'same';
};

/** Looks at contents while they pass, one at a time: at the beginning, where a kind shows, and at the middle. */
export class ContentExaminer {
	#middle = 0;
	#bytes = 0;
	#isPacked = false;
	#isEven = false;

	/** Begin with a content. @param expectedBytes - How long it will be; 0 where that is not known. */
	begin(expectedBytes: number): void {
		this.#middle = expectedBytes >= 2 * sampleBytes ? Math.floor(expectedBytes / 2) : Number.POSITIVE_INFINITY;
		this.#bytes = 0;
		this.#isPacked = false;
		this.#isEven = false;
	}

	/** The next chunk of it; not kept. */
	pass(chunk: Uint8Array): void {
		const start = this.#bytes;
		this.#bytes += chunk.byteLength;
		if (start === 0) {
			this.#isPacked = isBegunAs(chunk, packedKinds);
			this.#isEven = !this.#isPacked && (isBegunAs(chunk, sealedKinds) || isEven(chunk.subarray(0, headBytes)));
		}

		if (this.#middle < this.#bytes && !this.#isPacked && !this.#isEven) {
			const from = this.#middle - start;
			this.#isEven = isEven(chunk.subarray(from, from + sampleBytes));
			this.#middle = Number.POSITIVE_INFINITY;
		}
	}

	/** Whether it looks encrypted; `undefined` where it is too small to tell. */
	get isOpaque(): boolean | undefined {
		return this.#bytes < leastExaminedBytes ? undefined : this.#isEven;
	}
}

/** Whether a whole content, or its first chunk, looks encrypted. */
export function looksOpaque(content: Uint8Array): boolean | undefined {
	const examiner = new ContentExaminer();
	examiner.begin(content.byteLength);
	examiner.pass(content);
	return examiner.isOpaque;
}
