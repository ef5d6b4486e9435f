import {describeFound, type FoundSource} from './found-source.ts';

/** Several of them, for people. */
export const describeAll = (found: readonly FoundSource[]): string => found.map(one => describeFound(one)).join(', ');

/** What is asked about together, besides the usual folders. */
const others: ReadonlyArray<{readonly title: string; readonly kinds: ReadonlyArray<NonNullable<FoundSource['source']['kind']>>}> = [
	{title: 'database servers', kinds: ['postgres', 'mysql']},
	{title: 'Git repositories', kinds: ['git']},
	{title: 'SQLite databases', kinds: ['sqlite']},
];

/**
Ask which of the sources that were found are wanted: the usual folders together, then each kind of the others.
@param isWanted - Asks a question; only a clear yes is one.
*/
export async function chooseFound(found: readonly FoundSource[], isWanted: (question: string) => Promise<boolean>): Promise<FoundSource[]> {
	const usual = found.filter(({isUsual}) => isUsual);
	const isTakingUsual = usual.length > 0 && await isWanted(`Found here: ${describeAll(usual)}. Configure these as sources?`);
	const chosen = isTakingUsual ? [...usual] : [];
	for (const {title, kinds} of others) {
		const ofKind = found.filter(({isUsual, source}) => !isUsual && kinds.includes(source.kind ?? 'files'));
		if (ofKind.length > 0 && await isWanted(`Found here, too, ${title}: ${describeAll(ofKind)}. Configure these as sources?`)) {
			chosen.push(...ofKind);
		}
	}

	return chosen;
}
