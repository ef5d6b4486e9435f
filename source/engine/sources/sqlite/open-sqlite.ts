import {Buffer} from 'node:buffer';
import {constants} from 'node:fs';
import {open, rm, stat, unlink, type FileHandle} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {fromText} from '../../byte-string.ts';
import {CofferError, errorText, systemErrorCode} from '../../errors.ts';
import {namedTables, type DatabaseFacts} from '../../source-facts.ts';
import type {StreamedEntry} from '../../streamed-entry.ts';
import {readPieces} from '../pieces.ts';
import type {SqliteSource} from '../source.ts';
import type {OpenStream, SourceContext} from '../source-stream.ts';
import {copyDatabase} from './copy-database.ts';
import {makeCopyFolder} from './copy-folder.ts';

/** What every database begins with (sqlite.org/fileformat.html, section 1.3). */
const magic = 'SQLite format 3\0';

/** See that it is a database, before anything is copied. @throws `source-missing`, `source-failed` */
async function assertDatabase(file: string): Promise<void> {
	const refuse = (reason: string, cause?: unknown): never => {
		throw new CofferError('source-failed', `${file} could not be read as a SQLite database: ${reason}.`, {context: {path: file}, cause});
	};

	try {
		const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
		try {
			const status = await handle.stat();
			if (!status.isFile()) {
				refuse('it is no regular file');
			}

			const {buffer, bytesRead} = await handle.read(Buffer.alloc(magic.length), 0, magic.length, 0);
			if (buffer.subarray(0, bytesRead).toString('latin1') !== magic) {
				refuse(bytesRead === 0 ? 'it is empty' : 'it does not begin as one; encrypted databases do not. Take it as a file, or as the output of a command');
			}
		} finally {
			await handle.close();
		}
	} catch (error) {
		if (error instanceof CofferError) {
			throw error;
		}

		if (systemErrorCode(error) === 'ENOENT') {
			throw new CofferError('source-missing', `There is no SQLite database ${file}. Was it moved, or is its file system not mounted?`, {context: {path: file}, cause: error});
		}

		refuse(errorText(error), error);
	}
}

/**
One database, as the file that it is: with its owner, mode and time, and what it holds at one moment.
@yields It alone.
*/
async function * readDatabase(file: string, {runtime, signal}: SourceContext, onDone: (facts: DatabaseFacts) => void): AsyncGenerator<StreamedEntry, void> {
	const {mode, uid, gid, mtimeMs, size} = await stat(file);
	const folder = await makeCopyFolder(size, runtime);
	let handle: FileHandle | undefined;
	try {
		const copy = path.join(folder, 'copy');
		const {tables} = await copyDatabase(file, copy, signal);
		handle = await open(copy, constants.O_RDONLY | constants.O_NOFOLLOW);
		// From here on nothing is left behind, whatever becomes of this process.
		await unlink(copy);
		const {size: bytes} = await handle.stat();
		yield {path: fromText(file), type: 'file', mode: mode & 0o7777, uid, gid, mtimeNs: BigInt(Math.floor(mtimeMs)) * 1_000_000n, size: bytes, content: readPieces(handle.fd)};
		onDone({name: path.basename(file), file, tables: tables.length, rows: tables.reduce((sum, {rows}) => sum + rows, 0), bytes, ...namedTables(tables)});
	} finally {
		await handle?.close();
		await rm(folder, {recursive: true, force: true});
	}
}

/** SQLite databases, each copied while others may write to it, and checked before it is stored. */
export const openSqlite: OpenStream<SqliteSource> = async (source, context) => {
	for (const file of source.paths) {
		await assertDatabase(file);
	}

	const databases: DatabaseFacts[] = [];
	return {
		paths: source.paths,
		async * entries() {
			for (const file of source.paths) {
				yield * readDatabase(file, context, facts => {
					databases.push(facts);
				});
			}
		},
		facts: () => ({origin: `SQLite ${process.versions['sqlite'] ?? ''}`.trim(), databases}),
		close: async () => undefined,
	};
};
