/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function distance(from: string, to: string): number {
	const rows: number[][] = [Array.from({length: to.length + 1}, (_, index) => index)];
	for (let i = 1; i <= from.length; i++) {
		const row = [i];
		for (let j = 1; j <= to.length; j++) {
			const replaced = rows[i - 1]![j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
			const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
			row.push(Math.min(replaced, rows[i - 1]![j]! + 1, row[j - 1]! + 1, isSwap ? rows[i - 2]![j - 2]! + 1 : Number.POSITIVE_INFINITY));
		}

		rows.push(row);
	}

	return rows.at(-1)!.at(-1)!;
}

/** The candidate that `word` most likely was meant to be, or `undefined` when none is near. */
export function findNearest(word: string, candidates: Iterable<string>): string | undefined {
	let best: string | undefined;
	let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
	for (const candidate of candidates) {
		const candidateDistance = candidate.startsWith(word) && word.length > 1 ? 1 : distance(word.slice(0, 60), candidate);
		if (!(candidateDistance < bestDistance)) {
			continue;
		}

		best = candidate;
		bestDistance = candidateDistance;
	}

	return best;
}
