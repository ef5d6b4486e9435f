import {CofferError, type VerifyRequest} from '../engine/index.ts';

const factors: Readonly<Record<string, number>> = {'': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12};

/** An amount such as `500M` or `2G` (powers of 1000), in bytes; `undefined` for a text that is none. */
export function parseAmount(text: string): number | undefined {
	const {number, unit} = /^(?<number>\d{1,12}(?:\.\d+)?)(?<unit>[kmgt]?)b?$/i.exec(text)?.groups ?? {};
	const bytes = number === undefined ? 0 : Math.round(Number(number) * factors[unit!.toLowerCase()]!);
	return bytes > 0 ? bytes : undefined;
}

/**
What `--read-data` asks for: `all`, a percentage such as `5%`, an amount such as `500M` or `2G` (powers of 1000), or one part of several such as `3/30`.
@throws `usage`
*/
export function parseDataShare(text: string): NonNullable<VerifyRequest['readData']> {
	if (text === 'all') {
		return 'all';
	}

	const percentage = /^(?<number>\d{1,3}(?:\.\d+)?)%$/.exec(text)?.groups?.['number'];
	if (percentage !== undefined && Number(percentage) > 0 && Number(percentage) <= 100) {
		return Number(percentage) === 100 ? 'all' : {fraction: Number(percentage) / 100};
	}

	const {part, parts} = /^(?<part>\d{1,4})\/(?<parts>\d{1,4})$/.exec(text)?.groups ?? {};
	if (part !== undefined && Number(part) >= 1 && Number(part) <= Number(parts)) {
		return {part: Number(part), parts: Number(parts)};
	}

	const bytes = parseAmount(text);
	if (bytes === undefined) {
		throw new CofferError('usage', `--read-data takes a share such as 5%, an amount such as 2G or a part such as 3/30, not "${text}".`);
	}

	return {bytes};
}
