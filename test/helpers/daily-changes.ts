import {createHash} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';

/** A small generator of numbers below 1, the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6D_2B_79_F5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

const words = ['invoice', 'paid', 'customer', 'called', 'order', 'shipped', 'returned', 'open', 'note', 'address', 'Berlin', 'Paris', 'Rome', 'error', 'retry', 'done'];

/** What the three sources hold, in short: by source, one hash over all of it. */
export type Digests = Readonly<Record<'files' | 'database' | 'dump', string>>;

function digestOfFiles(folder: string): string {
	const hash = createHash('sha256');
	const files = readdirSync(folder, {withFileTypes: true, recursive: true}).filter(entry => entry.isFile()).map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)));
	for (const file of files.toSorted()) {
		hash.update(`${file}\n`).update(readFileSync(path.join(folder, file)));
	}

	return hash.digest('hex');
}

/** Of a SQLite database its rows, as copies may differ in their bytes. */
function digestOfDatabase(file: string): string {
	const database = new DatabaseSync(file, {readOnly: true});
	try {
		return createHash('sha256').update(JSON.stringify(database.prepare('SELECT * FROM booking ORDER BY id').all())).digest('hex');
	} finally {
		database.close();
	}
}

const digestOfDump = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/**
Real data of three kinds that changes day by day, the same way for the same seed: a tree of files, a SQLite database, and the file that a command prints as its dump.
*/
export class DailyChanges {
	readonly filesFolder: string;
	readonly databaseFile: string;
	readonly dumpFile: string;
	readonly #random: () => number;
	readonly #database: DatabaseSync;
	#lines: string[];
	#lastFile = 0;

	/** @param folder - Is made. */
	constructor(folder: string, seed: number) {
		this.#random = createRandom(seed);
		this.filesFolder = path.join(folder, 'files');
		this.databaseFile = path.join(folder, 'bookings.db');
		this.dumpFile = path.join(folder, 'dump.sql');
		mkdirSync(this.filesFolder, {recursive: true});
		for (let count = 0; count < 60; count++) {
			this.#addFile();
		}

		this.#database = new DatabaseSync(this.databaseFile);
		this.#database.exec('PRAGMA synchronous = OFF; CREATE TABLE booking (id INTEGER PRIMARY KEY, customer TEXT, text TEXT, amount REAL)');
		this.#addRows(600);
		this.#lines = Array.from({length: 4000}, (_, number) => this.#line(number));
		this.#writeDump();
	}

	/** One day goes by. */
	change(): void {
		const names = readdirSync(this.filesFolder);
		for (let count = 0; count < 4; count++) {
			const file = path.join(this.filesFolder, names[Math.floor(this.#random() * names.length)]!);
			writeFileSync(file, this.#text(30) + readFileSync(file, 'utf8').slice(0, 20_000));
		}

		this.#addFile();
		rmSync(path.join(this.filesFolder, names[Math.floor(this.#random() * names.length)]!), {force: true});
		this.#database.exec('DELETE FROM booking WHERE id = (SELECT min(id) FROM booking)');
		this.#database.prepare('UPDATE booking SET text = ?, amount = amount + 1 WHERE id % 97 = ?').run(this.#text(12), Math.floor(this.#random() * 97));
		this.#addRows(3);
		for (let count = 0; count < 40; count++) {
			const at = Math.floor(this.#random() * this.#lines.length);
			this.#lines[at] = this.#line(at);
		}

		this.#writeDump();
	}

	/** What is there now. */
	digests(): Digests {
		return {files: digestOfFiles(this.filesFolder), database: digestOfDatabase(this.databaseFile), dump: digestOfDump(this.dumpFile)};
	}

	/** What a restored snapshot of one of the sources holds. @param folder - Where it was restored, with full paths below. */
	digestOfRestored(source: keyof Digests, folder: string): string {
		if (source === 'files') {
			return digestOfFiles(path.join(folder, this.filesFolder));
		}

		return source === 'database' ? digestOfDatabase(path.join(folder, this.databaseFile)) : digestOfDump(path.join(folder, 'dump'));
	}

	close(): void {
		this.#database.close();
	}

	#text(count: number): string {
		return `${Array.from({length: count}, () => `${words[Math.floor(this.#random() * words.length)]!}${Math.floor(this.#random() * 1000)}`).join(' ')}\n`;
	}

	#line(number: number): string {
		return `INSERT INTO customer VALUES (${number}, '${this.#text(8).trim()}', ${Math.floor(this.#random() * 1e6)});`;
	}

	#addFile(): void {
		this.#lastFile++;
		writeFileSync(path.join(this.filesFolder, `file-${this.#lastFile}.txt`), Array.from({length: 1 + Math.floor(this.#random() * 40)}, () => this.#text(20)).join(''));
	}

	#addRows(count: number): void {
		const insert = this.#database.prepare('INSERT INTO booking (customer, text, amount) VALUES (?, ?, ?)');
		for (let number = 0; number < count; number++) {
			insert.run(this.#text(2), this.#text(15), Math.floor(this.#random() * 10_000) / 100);
		}
	}

	#writeDump(): void {
		writeFileSync(this.dumpFile, `${this.#lines.join('\n')}\n`);
	}
}
