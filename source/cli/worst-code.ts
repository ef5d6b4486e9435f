/** Codes of what was done, though not without a flaw, from bad to worse. */
const mild = [3, 20, 21];

/** The worst exit code of several jobs: a failure, whichever it is, is worse than one that read not everything, or found what it was to look for. */
export function worstCode(codes: readonly number[]): number {
	const worst = Math.max(0, ...codes.filter(code => !mild.includes(code)));
	return worst === 0 ? mild.findLast(code => codes.includes(code)) ?? 0 : worst;
}
