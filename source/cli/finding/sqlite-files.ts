import {constants} from 'node:fs';
import {open} from 'node:fs/promises';
import path from 'node:path';
import type {WalkedFolder} from './walk-folders.ts';

/** The beginning of every database (SQLite's file format, 1.3). */
const magic = 'SQLite format 3\0';

/** Only files with these endings, or with none, are opened: a server has very many others. */
const endings: ReadonlySet<string> = new Set(['', '.db', '.db2', '.db3', '.sqlite', '.sqlite2', '.sqlite3', '.sl3', '.s3db', '.sdb', '.store', '.data', '.dat', '.fossil', '.gpkg', '.mbtiles']);

async function hasMagic(file: string): Promise<boolean> {
	try {
		const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		try {
			const {buffer, bytesRead} = await handle.read({buffer: Buffer.alloc(magic.length), position: 0});
			return bytesRead === magic.length && buffer.toString('latin1') === magic;
		} finally {
			await handle.close();
		}
	} catch {
		return false;
	}
}

/** Finds databases by how their files begin; so many files are opened at most. */
export class SqliteFinder {
	#left: number;
	readonly #isOver: () => boolean;

	constructor({maximumFiles, isOver}: {readonly maximumFiles: number; readonly isOver: () => boolean}) {
		this.#left = maximumFiles;
		this.#isOver = isOver;
	}

	/** The databases in a folder, without those below it. */
	async find({folder, entries}: Pick<WalkedFolder, 'folder' | 'entries'>): Promise<string[]> {
		const found: string[] = [];
		for (const entry of entries) {
			if (!entry.isFile() || !endings.has(path.extname(entry.name).toLowerCase())) {
				continue;
			}

			if (this.#left <= 0 || this.#isOver()) {
				break;
			}

			this.#left--;
			const file = path.join(folder, entry.name);
			if (await hasMagic(file)) {
				found.push(file);
			}
		}

		return found;
	}
}
