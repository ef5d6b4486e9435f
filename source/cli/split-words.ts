import {CofferError} from '../engine/index.ts';

/** Words as a shell splits them, with quotes and backslashes, and nothing else of a shell. @throws `usage` */
export function splitWords(text: string, what: string): string[] {
	const words: string[] = [];
	const pattern = /\s*(?<word>(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+)/gsy;
	let end = 0;
	for (const match of text.matchAll(pattern)) {
		end = match.index + match[0].length;
		words.push(match.groups!['word']!.replaceAll(/'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\.)*)"|\\(?<escaped>.)/gs, (_whole, single?: string, double?: string, escaped?: string) => single ?? double?.replaceAll(/\\(?<escaped>["\\$`])/g, '$<escaped>') ?? escaped ?? ''));
	}

	if (words.length === 0 || text.slice(end).trim() !== '') {
		throw new CofferError('usage', `${what} is empty or has a quote that does not end.`);
	}

	return words;
}
