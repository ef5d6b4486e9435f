import {dumpTable, tables, type Day} from '../benchmark/dump.ts';
import {Random} from '../benchmark/random.ts';

/**
An SQL dump of some tables, about 160 bytes a row; on the second day one row in 100 is updated in its place, and one in 200 is new.
@param rowCount - Of each of two tables.
*/
export function createDump(rowCount: number, day: Day = 1, seed = 'dump'): string {
	return tables.slice(0, 2).map(table => [...dumpTable(table, rowCount, day, seed)].join('')).join('');
}

/** The dump of a later day: one row in 100 has other digits, one in 200 is new, anywhere. @param day - Other days change other rows. */
export function editDump(dump: string, day: number): string {
	const random = new Random(day);
	const edited: string[] = [];
	for (const line of dump.split('\n')) {
		const isRow = line.startsWith('(');
		edited.push(isRow && random.below(100) === 0 ? line.replace(/\d(?=\d)/, () => String(random.below(10))).replace(/,\d+,/, () => `,${random.below(50_000)},`) : line);
		if (isRow && line.endsWith(',') && random.below(200) === 0) {
			edited.push(line.replaceAll(/[\da-f]{8}/g, () => random.hex(8)));
		}
	}

	return edited.join('\n');
}
