import {spawn} from 'node:child_process';
import {once} from 'node:events';
import process from 'node:process';
import {DatabaseSync} from 'node:sqlite';
import {fileURLToPath} from 'node:url';
import type {ExecutionContext} from 'ava';

export type JournalMode = 'wal' | 'delete';

/** A database with 10,000 accounts whose balances sum up to 10,000,000, and an empty list of transfers. */
export function createAccounts(file: string, journalMode: JournalMode = 'wal'): void {
	const database = new DatabaseSync(file);
	database.exec(journalMode === 'wal' ? 'PRAGMA journal_mode = WAL' : 'PRAGMA journal_mode = DELETE');
	database.exec(`CREATE TABLE account (id INTEGER PRIMARY KEY, owner TEXT, balance INTEGER NOT NULL); CREATE TABLE transfer (id INTEGER PRIMARY KEY, amount INTEGER);
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO account SELECT i, 'customer ' || i || ' Grüße', 1000 FROM n;
		CREATE INDEX by_owner ON account (owner)`);
	database.close();
}

/** What the accounts of a database sum up to, how many there are, and how many transfers. */
export function readAccounts(file: string): {readonly sum: number; readonly accounts: number; readonly transfers: number} {
	const database = new DatabaseSync(file, {timeout: 60_000});
	try {
		const {sum, accounts, transfers} = database.prepare('SELECT sum(balance) AS sum, count(*) AS accounts, (SELECT count(*) FROM transfer) AS transfers FROM account').get()!;
		return {sum: Number(sum), accounts: Number(accounts), transfers: Number(transfers)};
	} finally {
		database.close();
	}
}

/** Start a process that writes to the accounts until the test ends, or until it is told to. @returns What stops it. */
export async function writeAccounts(t: ExecutionContext, file: string): Promise<() => Promise<void>> {
	const child = spawn(process.execPath, [fileURLToPath(new URL('sqlite-writer.ts', import.meta.url)), file], {stdio: ['ignore', 'pipe', 'inherit']});
	const ended = once(child, 'close');
	const stop = async () => {
		child.kill('SIGKILL');
		await ended;
	};

	t.teardown(stop);
	await once(child.stdout, 'data');
	return stop;
}
