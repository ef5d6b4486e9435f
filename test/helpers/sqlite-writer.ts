import {DatabaseSync} from 'node:sqlite';
import process from 'node:process';

/* Writes to a database again and again until it is killed: each transaction moves an amount from one account to another, so that the sum stays the same whenever one looks. */
const [file = ''] = process.argv.slice(2);
const database = new DatabaseSync(file, {timeout: 60_000});
database.exec('PRAGMA synchronous = OFF');
const change = database.prepare('UPDATE account SET balance = balance + ? WHERE id = ?');
const note = database.prepare('INSERT INTO transfer (amount) VALUES (?)');
process.stdout.write('begun\n');
for (let turn = 0; ; turn++) {
	database.exec('BEGIN IMMEDIATE');
	change.run(turn % 97, 1 + (turn * 7919 % 10_000));
	change.run(-(turn % 97), 1 + (turn * 104_729 % 10_000));
	note.run(turn % 97);
	database.exec('COMMIT');
}
