import type {Buffer} from 'node:buffer';
import {CofferError} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import {createSecretBuffer} from '../secret-buffer.ts';

/*
A recovery code is 160 random bits on paper: 8 groups of 4 characters of Crockford's base32, each with a check character, joined by dashes.

	8QK3M-…-…-…-…-…-…-…

The check character of group g (1 to 8) with the characters a b c d is g·x⁵ + a·x⁴ + b·x³ + c·x² + d·x in GF(32) = GF(2)[x] / (x⁵ + x² + 1), where a
character stands for the polynomial whose coefficients are the bits of its value. All weights differ from each other, from 0 and from the check's own, 1: so
every single wrong character, every two characters of a group that changed places, and every group in the place of another one is noticed, always; of
all else that may happen to a group, 31 of 32.
*/

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const groupCount = 8;
const groupLength = 5;
const codeLength = groupCount * groupLength;
/** What is no character of the alphabet. */
const foreign = 0xFF;
/** One in 600,000 texts of 40 random characters has as many groups that fit. */
const likelyGroupCount = 5;

/** By its byte the value of each character, in either case, and of those that are easily taken for another. */
const values = new Uint8Array(256).fill(foreign);
for (const [characters, value] of [...[...alphabet].map((character, index) => [character, index] as const), ['O', 0], ['IL', 1]] as ReadonlyArray<readonly [string, number]>) {
	for (const character of characters + characters.toLowerCase()) {
		values[character.charCodeAt(0)] = value;
	}
}

/** Multiply by x. */
function double(element: number): number {
	return element < 16 ? element * 2 : element * 2 ^ 0b10_0101;
}

function checkOf(group: number, content: Uint8Array): number {
	let sum = group;
	for (const element of content) {
		sum = double(sum) ^ element;
	}

	return double(sum);
}

/** Which of the groups this is, by its own account; 0 where it is none. */
function numberOf(group: Uint8Array): number {
	if (group.byteLength !== groupLength || group.includes(foreign)) {
		return 0;
	}

	const content = group.subarray(0, -1);
	for (let number = 1; number <= groupCount; number++) {
		if (checkOf(number, content) === group.at(-1)) {
			return number;
		}
	}

	return 0;
}

const isSeparator = (byte: number): boolean => byte <= 0x20 || byte === 0x2D || byte >= 0x7F;

/** The values of all characters, and the lengths of the parts between spaces, dashes and what is not ASCII (as are dashes that a text program made). */
function readCharacters(text: Uint8Array): {characters: Uint8Array; lengths: number[]} {
	const characters = createSecretBuffer(text.byteLength);
	const lengths: number[] = [];
	let count = 0;
	let start = 0;
	const endPart = () => {
		if (count > start) {
			lengths.push(count - start);
			start = count;
		}
	};

	for (const byte of text) {
		if (isSeparator(byte)) {
			endPart();
		} else {
			characters[count++] = values[byte]!;
		}
	}

	endPart();
	return {characters: characters.subarray(0, count), lengths};
}

/** How long each group is, where separators do not tell: those at the front fit, those at the back are whole, and what is too little or too much is between them. */
function findLengths(characters: Uint8Array): number[] {
	const excess = characters.byteLength - codeLength;
	let index = 0;
	while (index < groupCount - 1 && numberOf(characters.subarray(index * groupLength, (index + 1) * groupLength)) === index + 1) {
		index++;
	}

	return Array.from({length: groupCount}, (_, at) => at === index ? groupLength + excess : groupLength);
}

/** The eight groups, some perhaps of a wrong length, as views; `undefined` where more than a group is missing or too much. */
function splitGroups({characters, lengths}: ReturnType<typeof readCharacters>): Uint8Array[] | undefined {
	if (Math.abs(characters.byteLength - codeLength) > groupLength) {
		return undefined;
	}

	let start = 0;
	return (lengths.length === groupCount ? lengths : findLengths(characters)).map(length => {
		start += length;
		return characters.subarray(start - length, start);
	});
}

const nameGroups = (numbers: readonly number[]): string => `${numbers.length === 1 ? 'group' : 'groups'} ${new Intl.ListFormat('en-GB').format(numbers.map(String))}`;

/** What is wrong, by group; `undefined` where nothing is. */
function describeFault(groups: readonly Uint8Array[]): string | undefined {
	const wrong = groups.map((group, index) => ({group, position: index + 1, number: numberOf(group)})).filter(({position, number}) => position !== number);
	const positions = wrong.map(({position}) => position);
	if (positions.length === 0) {
		return undefined;
	}

	if (wrong.map(({number}) => number).sort((a, b) => a - b).join(',') === positions.join(',')) {
		return `${nameGroups(positions)} stand in each other's place`;
	}

	const mistyped = wrong.filter(({group}) => group.byteLength === groupLength).map(({position}) => position);
	return [
		...wrong.filter(({group}) => group.byteLength !== groupLength).map(({group, position}) => group.byteLength === 0 ? `group ${position} is left out` : `group ${position} has ${group.byteLength} characters instead of ${groupLength}`),
		...(mistyped.length === 0 ? [] : [`${nameGroups(mistyped)} ${mistyped.length === 1 ? 'is' : 'are'} mistyped`]),
	].join(', and ');
}

function formatCode(characters: Uint8Array): Buffer {
	const text = createSecretBuffer(codeLength + groupCount - 1).fill('-');
	for (const [index, value] of characters.entries()) {
		text[index + Math.floor(index / groupLength)] = alphabet.charCodeAt(value);
	}

	return text;
}

/**
A new recovery code, which serves as a passphrase as it stands here: upper case, with dashes.
@returns 47 bytes of ASCII; who keeps them wipes them.
*/
export function createRecoveryCode(runtime: Pick<Runtime, 'randomBytes'>): Buffer {
	const random = runtime.randomBytes(codeLength - groupCount);
	const characters = createSecretBuffer(codeLength);
	for (let group = 0; group < groupCount; group++) {
		const content = characters.subarray(group * groupLength, (group + 1) * groupLength - 1);
		for (const index of content.keys()) {
			content[index] = random[group * (groupLength - 1) + index]! % alphabet.length;
		}

		characters[(group + 1) * groupLength - 1] = checkOf(group + 1, content);
	}

	const code = formatCode(characters);
	random.fill(0);
	characters.fill(0);
	return code;
}

/**
Read a typed recovery code (UTF-8) in either case, with or without spaces and dashes, O for 0, I or L for 1.
@returns The code as `createRecoveryCode` makes it; who keeps it wipes it.
@throws `key-wrong`, which names the groups that are mistyped, left out or in a wrong place, and never what stands there
*/
export function parseRecoveryCode(text: Uint8Array): Buffer {
	const read = readCharacters(text);
	try {
		const groups = splitGroups(read);
		const fault = groups ? describeFault(groups) : `it has ${read.characters.byteLength} characters instead of ${codeLength}`;
		if (fault !== undefined) {
			throw new CofferError('key-wrong', `This is not the recovery code as it was printed: ${fault}. Compare it with the paper and type it again.`);
		}

		return formatCode(read.characters);
	} finally {
		read.characters.fill(0);
	}
}

/**
Whether a text (UTF-8) is a recovery code, perhaps one with a few typing mistakes, and no passphrase of another making: five of its groups at least fit their
check characters and stand in their place.
*/
export function isLikelyRecoveryCode(text: Uint8Array): boolean {
	const read = readCharacters(text);
	try {
		const groups = splitGroups(read) ?? [];
		return groups.filter((group, index) => numberOf(group) === index + 1).length >= likelyGroupCount;
	} finally {
		read.characters.fill(0);
	}
}
