const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

const unitMs: Readonly<Record<string, number>> = {h: hourMs, d: dayMs, w: 7 * dayMs, m: 30 * dayMs, y: 365 * dayMs};

/** 100 years. */
export const maximumSpanMs = 100 * 365 * dayMs;

/** A span of time such as `12h`, `30d`, `12w`, `6m` (of 30 days each) or `2y` (of 365 days each), in milliseconds; `undefined` for a text that is none. */
export function parseSpan(text: string): number | undefined {
	const {number, unit} = /^(?<number>[1-9]\d{0,6})(?<unit>[hdwmy])$/.exec(text)?.groups ?? {};
	return number === undefined ? undefined : Number(number) * unitMs[unit!]!;
}
