import {Random, seedOf} from './random.ts';

const syllables = ['ac', 'ba', 'con', 'de', 'en', 'fi', 'ga', 'in', 'ka', 'lo', 'me', 'nor', 'or', 'pre', 'qui', 're', 'sta', 'ter', 'un', 've', 'wi', 'xa', 'yo', 'zu'];

function makeVocabulary(): string[] {
	const random = new Random(seedOf('vocabulary'));
	const found = new Set<string>();
	while (found.size < 3000) {
		found.add(Array.from({length: 1 + random.below(4)}, () => random.pick(syllables)).join(''));
	}

	return [...found];
}

const vocabulary = makeVocabulary();

/** A word; some are far more frequent than others, as in real text. */
export function word(random: Random): string {
	return vocabulary[Math.floor(vocabulary.length * (random.fraction() ** 3))]!;
}

/** Words with spaces between them. */
export function words(random: Random, count: number): string {
	let text = word(random);
	for (let number = 1; number < count; number++) {
		text += ` ${word(random)}`;
	}

	return text;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A time in 2026, as databases write it. */
export function time(random: Random): string {
	return `2026-${two(1 + random.below(11))}-${two(1 + random.below(28))} ${two(random.below(24))}:${two(random.below(60))}:${two(random.below(60))}`;
}

function sourceLine(random: Random): string {
	const indent = '\t'.repeat(random.below(4));
	switch (random.below(8)) {
		case 0: {
			return '';
		}

		case 1: {
			return `${indent}// ${words(random, 4 + random.below(8))}.`;
		}

		case 2: {
			return `${indent}if (${word(random)}.${word(random)} === ${random.below(100)}) {`;
		}

		case 3: {
			return `${indent}}`;
		}

		case 4: {
			return `${indent}return ${word(random)}(${word(random)}, '${words(random, 2)}');`;
		}

		case 5: {
			return `${indent}export function ${word(random)}(${word(random)}: string, ${word(random)}: number): void {`;
		}

		default: {
			return `${indent}const ${word(random)} = ${word(random)}.${word(random)}(${word(random)});`;
		}
	}
}

function logLine(random: Random): string {
	const level = random.below(20) === 0 ? 'warn' : 'info';
	return `${time(random)}.${random.below(1000)} ${level} [worker-${random.below(8)}] ${random.pick(['GET', 'GET', 'GET', 'POST', 'PUT'])} /api/${word(random)}/${random.below(100_000)} ${random.pick([200, 200, 200, 304, 404])} `
		+ `${random.below(900)}ms from=10.${random.below(4)}.${random.below(256)}.${random.below(256)} request=${random.hex(8)}${random.hex(8)} ${words(random, 3)}`;
}

function configLine(random: Random): string {
	return random.below(8) === 0 ? `\n[${word(random)}]` : `${word(random)}.${word(random)} = ${random.below(2) === 0 ? words(random, 2) : random.below(10_000)}`;
}

const lines = {source: sourceLine, log: logLine, config: configLine};

/** What a small file holds. */
export type TextKind = keyof typeof lines;

/** A text of exactly `sizeBytes`, all ASCII. */
export function makeText(kind: TextKind, sizeBytes: number, random: Random): string {
	const makeLine = lines[kind];
	let text = '';
	while (text.length < sizeBytes) {
		text += `${makeLine(random)}\n`;
	}

	return text.slice(0, sizeBytes);
}
