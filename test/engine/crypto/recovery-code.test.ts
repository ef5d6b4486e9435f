import {createHash} from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import {createRecoveryCode, isLikelyRecoveryCode, parseRecoveryCode} from '../../../source/engine/crypto/recovery-code.ts';
import {isCofferError} from '../../../source/engine/errors.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {createByteStream} from '../../helpers/test-runtime.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const create = (seed: string): string => createRecoveryCode({randomBytes: createByteStream(seed)}).toString();
const parse = (text: string): string => parseRecoveryCode(Buffer.from(text)).toString();
const code = create('vectors');
const groupsOf = (text: string): string[] => text.split('-');
const seeds = Array.from({length: 40}, (_, index) => `code ${index}`);

/** Why `text` is refused, or `undefined` where it is taken for a code. */
function faultOf(text: string): string | undefined {
	try {
		parse(text);
		return undefined;
	} catch (error) {
		if (!isCofferError(error, 'key-wrong')) {
			throw error;
		}

		return error.message;
	}
}

const replaceAt = (text: string, index: number, replacement: string, length = 1): string => text.slice(0, index) + replacement + text.slice(index + length);

/** The group that a character of a code belongs to, from 1. */
const groupAt = (index: number): number => Math.floor(index / 6) + 1;

test('vectors: codes of known bytes', t => {
	t.is(createRecoveryCode({randomBytes: length => Buffer.alloc(length)}).toString(), '00005-0000A-0000F-0000M-0000H-0000Y-0000V-0000D');
	t.is(createRecoveryCode({randomBytes: length => Buffer.from(Array.from({length}, (_, index) => index))}).toString(), '01233-4567V-89AB2-CDEFE-GHJK1-MNPQS-RSTV0-WXYZ1');
	t.is(code, 'V44R9-E0AHV-NWV12-FSJZG-YMWJ8-7H3WC-XXPQJ-2CR76');
});

test('the check character is the sum that the description says', t => {
	const times = (a: number, b: number): number => {
		let product = 0;
		for (let bit = 0; bit < 5; bit++) {
			product ^= ((b >> bit) & 1) * (a << bit);
		}

		for (let bit = 9; bit >= 5; bit--) {
			product ^= ((product >> bit) & 1) * (0b10_0101 << (bit - 5));
		}

		return product;
	};

	const power = (exponent: number): number => exponent === 0 ? 1 : times(2, power(exponent - 1));
	for (const seed of seeds) {
		for (const [index, group] of groupsOf(create(seed)).entries()) {
			const [a, b, c, d, check] = [...group].map(character => alphabet.indexOf(character));
			t.is(check, times(index + 1, power(5)) ^ times(a!, power(4)) ^ times(b!, power(3)) ^ times(c!, power(2)) ^ times(d!, power(1)));
		}
	}
});

test('codes differ, and each of their 160 bits does', t => {
	t.is(new Set(seeds.map(seed => create(seed))).size, seeds.length);
	const seen = Array.from({length: 32}, () => new Set<string>());
	for (let round = 0; round < 1000; round++) {
		for (const [index, character] of [...groupsOf(create(`${round}`)).map(group => group.slice(0, 4)).join('')].entries()) {
			seen[index]!.add(character);
		}
	}

	t.deepEqual(seen.map(({size}) => size), Array.from({length: 32}, () => 32));
});

test('a code is read however it was typed', t => {
	for (const typed of [code, code.toLowerCase(), code.replaceAll('-', ''), code.replaceAll('-', ' '), ` ${code}\r\n`, [...code].join(' '), code.replaceAll('-', '–'), code.replaceAll('-', '\n'), code.replaceAll('0', 'O').replaceAll('1', 'I'), code.replaceAll('0', 'o').replaceAll('1', 'l'), code.replaceAll('1', 'L').replaceAll('-', ' - ')]) {
		t.is(parse(typed), code, typed);
		t.true(isLikelyRecoveryCode(Buffer.from(typed)), typed);
	}
});

test('every code comes back', t => {
	fc.assert(fc.property(fc.string(), fc.func(fc.boolean()), (seed, isLower) => {
		const made = create(seed);
		const typed = [...made].map((character, index) => isLower(index) ? character.toLowerCase() : character).join('');
		t.is(parse(typed), made);
	}));
});

test('every single wrong character is noticed, and its group is named', t => {
	let tried = 0;
	let unnoticed = 0;
	for (const seed of seeds) {
		const made = create(seed);
		for (const [index, character] of [...made].entries()) {
			for (const wrong of character === '-' ? '' : `${alphabet}U!`.replace(character, '')) {
				tried++;
				const fault = faultOf(replaceAt(made, index, wrong));
				unnoticed += Number(fault === undefined);
				t.true(fault?.includes(`: group ${groupAt(index)} is mistyped.`), fault);
			}
		}
	}

	t.is(unnoticed, 0);
	t.log(`${tried} single wrong characters in ${seeds.length} codes: ${tried - unnoticed} noticed and named by group (100 %)`);
});

test('every two neighbours that changed places are noticed, also the check character, also across groups', t => {
	const counts = {tried: 0, unnoticed: 0, alike: 0};
	for (const seed of seeds) {
		const made = create(seed);
		for (let index = 0; index < made.length - 1; index++) {
			const next = index + (made[index + 1] === '-' ? 2 : 1);
			const swapped = replaceAt(replaceAt(made, index, made[next]!), next, made[index]!);
			if (made[index] === '-') {
				continue;
			}

			if (swapped === made) {
				counts.alike++;
				continue;
			}

			counts.tried++;
			const fault = faultOf(swapped);
			counts.unnoticed += Number(fault === undefined);
			const [first, second] = [groupAt(index), groupAt(next)];
			const named = first === second ? `${first} is mistyped.` : `${first} and ${second} `;
			t.true(fault?.includes(`${first === second ? ': group' : ': groups'} ${named}`), fault);
		}
	}

	t.is(counts.unnoticed, 0);
	t.log(`${counts.tried} pairs of neighbours swapped: all noticed (100 %); ${counts.alike} pairs are of one character`);
});

test('every two groups that changed places are named', t => {
	let tried = 0;
	for (const seed of seeds) {
		for (let first = 0; first < 8; first++) {
			for (let second = first + 1; second < 8; second++) {
				const groups = groupsOf(create(seed));
				const swapped = groups.with(first, groups[second]!).with(second, groups[first]!);
				tried++;
				for (const separator of ['-', '']) {
					t.true(faultOf(swapped.join(separator))?.includes(`groups ${first + 1} and ${second + 1} stand in each other's place`));
				}
			}
		}
	}

	t.log(`${tried} pairs of groups swapped: all noticed and named (100 %)`);
});

test('a group that is left out or typed twice is named, with and without dashes', t => {
	for (const separator of ['-', '']) {
		for (let index = 0; index < 8; index++) {
			const groups = groupsOf(code);
			t.true(faultOf(groups.toSpliced(index, 1).join(separator))?.includes(`group ${index + 1} is left out`));
			t.regex(faultOf(groups.toSpliced(index, 0, groups[index]!).join(separator)) ?? '', /: group \d has 10 characters instead of 5/);
		}
	}
});

test('a missing and a doubled character are named by their group, with and without dashes', t => {
	let named = 0;
	let nearly = 0;
	let tried = 0;
	for (const seed of seeds) {
		const made = create(seed);
		for (const [index, character] of [...made].entries()) {
			for (const [replacement, length] of character === '-' ? [] : [['', 4], [character + character, 6]] as const) {
				const typed = replaceAt(made, index, replacement);
				t.true(faultOf(typed)?.includes(`: group ${groupAt(index)} has ${length} characters instead of 5.`), faultOf(typed));
				const found = Number(/: group (?<group>\d) has /.exec(faultOf(typed.replaceAll('-', '')) ?? '')?.groups?.['group']);
				tried++;
				named += Number(found === groupAt(index));
				nearly += Number(Math.abs(found - groupAt(index)) === 1);
			}
		}
	}

	t.true(named / tried > 0.8 && (named + nearly) / tried > 0.99, `${named} and ${nearly} of ${tried}`);
	t.log(`${tried} missing or doubled characters: all noticed; with dashes each named by its group, without dashes ${named} by its group (${(named / tried * 100).toFixed(1)} %) and ${nearly} by the one beside it`);
});

test('several faults are all named', t => {
	const wrong = (group: string): string => (group.startsWith('0') ? '1' : '0') + group.slice(1);
	const groups = groupsOf(code);
	const twice = groups.with(2, wrong(groups[2]!)).with(6, wrong(groups[6]!));
	t.true(faultOf(twice.join('-'))?.includes(': groups 3 and 7 are mistyped.'));
	t.true(faultOf(twice.with(4, 'ABC').join('-'))?.includes(': group 5 has 3 characters instead of 5, and groups 3 and 7 are mistyped.'));
	t.true(faultOf([groups[1], groups[2], groups[0], ...groups.slice(3)].join('-'))?.includes(': groups 1, 2 and 3 stand in each other\'s place.'));
	for (const [text, count] of [['', 0], ['- -', 0], [groups.slice(0, 4).join('-'), 20], [`${code}-${code}`, 80]] as const) {
		t.true(faultOf(text)?.includes(`: it has ${count} characters instead of 40.`));
	}
});

test('of groups that are random altogether, 31 of 32 are noticed', t => {
	const stream = createByteStream('random groups');
	let unnoticed = 0;
	const tried = 20_000;
	for (let round = 0; round < tried; round++) {
		const group = [...stream(5)].map(byte => alphabet[byte % 32]).join('');
		unnoticed += Number(faultOf(groupsOf(code).with(round % 8, group).join('-')) === undefined);
	}

	t.true(Math.abs(unnoticed / tried - 1 / 32) < 0.006, `${unnoticed}`);
	t.log(`${tried} random groups: ${(100 - unnoticed / tried * 100).toFixed(2)} % noticed`);
});

test('no error shows anything of the code', t => {
	for (const index of Array.from({length: 8}).keys()) {
		const error = refuses(t, () => parse(groupsOf(code).with(index, 'UUUUU').join('-')), 'key-wrong');
		for (const group of [...groupsOf(code), 'UUUUU']) {
			t.false(JSON.stringify([error.message, error.context, String(error.cause)]).includes(group));
		}
	}
});

test('codes with a few mistakes look like codes, passphrases of another making do not', t => {
	const groups = groupsOf(code);
	t.true(isLikelyRecoveryCode(Buffer.from(groups.with(0, 'UUUUU').with(3, 'UUUUU').with(7, 'UUUUU').join('-'))));
	t.true(isLikelyRecoveryCode(Buffer.from(groups.toSpliced(4, 1).join(' '))));
	const others = ['', 'correct horse battery staple', 'alpha bravo crane delta early fable grape horse', code.slice(0, 12), `${code}-${code}`];
	for (let round = 0; round < 20_000; round++) {
		others.push(createHash('sha1').update(`${round}`).digest('hex'));
	}

	t.deepEqual(others.filter(text => isLikelyRecoveryCode(Buffer.from(text))), []);
	t.log(`${others.length} passphrases of another making, 20,000 of them of 40 hexadecimal digits: none taken for a recovery code`);
});
