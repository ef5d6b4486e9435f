import {mix, Random, seedOf} from './random.ts';
import {time, word, words} from './text.ts';

/** Which day's dump: the first, or the next, after a day of work on the database. */
export type Day = 1 | 2;

/** A table of which a nightly dump is made, one row a line. */
export type Table = {
	readonly name: string;
	readonly columns: readonly string[];
	/** In the first day's dump of a data set of size 1. */
	readonly rowCount: number;
	/** Whether the name of its dump tells the day, so that the next one has another name. @default false */
	readonly isDated?: boolean;
	/** Where new rows stand: numbered ones at the end, those with random keys anywhere. */
	readonly insertedAt: 'end' | 'anywhere';
	/**
	One row's values.
	@param fixed - Gives what an update leaves alone.
	@param changing - Gives what it changes.
	*/
	readonly makeRow: (id: number, fixed: Random, changing: Random) => string;
};

export const tables: readonly Table[] = [
	{
		name: 'orders',
		columns: ['id', 'customer_id', 'email', 'address', 'reference', 'created_at', 'status', 'amount', 'updated_at'],
		rowCount: 1_280_000,
		insertedAt: 'end',
		makeRow: (id, fixed, changing) => `${id},${fixed.below(200_000)},'${word(fixed)}.${word(fixed)}@${word(fixed)}.example','${words(fixed, 4)} ${fixed.below(200)}','${fixed.hex(8)}${fixed.hex(8)}','${time(fixed)}',`
			+ `'${changing.pick(['new', 'paid', 'sent', 'done'])}',${changing.below(50_000)},'${time(changing)}'`,
	},
	{
		name: 'sessions',
		isDated: true,
		columns: ['key', 'user_id', 'agent', 'created_at', 'seen_at', 'data'],
		rowCount: 620_000,
		insertedAt: 'anywhere',
		makeRow: (_id, fixed, changing) => `'${fixed.hex(8)}${fixed.hex(8)}${fixed.hex(8)}${fixed.hex(8)}',${fixed.below(200_000)},'Mozilla/5.0 (${words(fixed, 2)}) ${word(fixed)}/${fixed.below(150)}.0','${time(fixed)}','${time(changing)}','${words(changing, 3)}'`,
	},
	{
		name: 'articles',
		columns: ['id', 'title', 'body', 'views', 'updated_at'],
		rowCount: 88_000,
		insertedAt: 'end',
		makeRow: (id, fixed, changing) => `${id},'${words(fixed, 6)}','${words(fixed, 20 + fixed.below(150))}',${changing.below(100_000)},'${time(changing)}'`,
	},
];

/** The file of a table's dump. */
export function dumpName({name, isDated}: Table, day: Day): string {
	return isDated ? `${name}-2026-11-0${day}.sql` : `${name}.sql`;
}

/** One row in so many is updated from one day to the next, at a random place in each group of so many. */
export const rowsPerUpdate = 100;
/** One row in so many is new on the next day. */
export const rowsPerInsert = 200;

const rowsPerStatement = 500;

/**
The dump of one table, piece by piece, all ASCII. On the next day one row in `rowsPerUpdate` is updated in its place, and one in `rowsPerInsert` is new.
@param rowCount - Of the first day.
@yields About 100 kB each time.
*/
export function * dumpTable(table: Table, rowCount: number, day: Day, seed: string): Generator<string> {
	const tableSeed = seedOf(`${seed}/${table.name}`);
	const fixed = new Random(0);
	const changing = new Random(0);
	const rowOf = (id: number, version: number): string => `(${table.makeRow(id, fixed.restart(mix(tableSeed, id)), changing.restart(mix(tableSeed, id, version)))})`;
	const isUpdated = (index: number): boolean => day === 2 && mix(tableSeed, Math.floor(index / rowsPerUpdate), 1) % rowsPerUpdate === index % rowsPerUpdate;
	const isInsertedAfter = (index: number): boolean => day === 2 && table.insertedAt === 'anywhere' && mix(tableSeed, Math.floor(index / rowsPerInsert), 2) % rowsPerInsert === index % rowsPerInsert;

	yield `CREATE TABLE ${table.name} (${table.columns.join(', ')});\n`;
	const begin = `INSERT INTO ${table.name} VALUES\n`;
	let rows: string[] = [];
	let newId = rowCount;
	for (let index = 0; index < rowCount; index++) {
		rows.push(rowOf(index, isUpdated(index) ? 2 : 1));
		if (isInsertedAfter(index)) {
			rows.push(rowOf(newId, 1));
			newId++;
		}

		if (index % rowsPerStatement !== rowsPerStatement - 1) {
			continue;
		}

		yield `${begin}${rows.join(',\n')};\n`;
		rows = [];
	}

	if (day === 2 && table.insertedAt === 'end') {
		for (; newId < rowCount + Math.floor(rowCount / rowsPerInsert); newId++) {
			rows.push(rowOf(newId, 1));
		}
	}

	if (rows.length > 0) {
		yield `${begin}${rows.join(',\n')};\n`;
	}
}
