import {mkdir} from 'node:fs/promises';
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {balancesQuery, openingStatements, transferOf, transfersQuery, transferStatements} from './accounts.ts';
import {checkAccounts} from './check-accounts.ts';
import type {DemoPart, DemoScene} from './demo-part.ts';

const transfersOfADay = 200;

/** A SQLite database that is written to while it is backed up. */
export function createSqlitePart({machine, restored, runtime}: DemoScene): DemoPart {
	const file = path.join(machine, 'srv', 'crm', 'app.db');
	let database: DatabaseSync | undefined;
	let transfers = 0;
	const transfer = () => {
		database!.exec(transferStatements(transferOf(transfers + 1)));
		transfers++;
	};

	return {
		name: 'crm-app',
		title: 'SQLite database',
		async create() {
			await mkdir(path.dirname(file), {recursive: true});
			database = new DatabaseSync(file);
			database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
			for (const statement of openingStatements()) {
				database.exec(statement);
			}
		},
		source: () => ({name: 'crm-app', kind: 'sqlite', paths: [file], classification: 'confidential'}),
		async change() {
			for (let count = 0; count < transfersOfADay; count++) {
				transfer();
			}
		},
		async write(until) {
			while (!until.aborted) {
				transfer();
				await runtime.yieldToEvents();
			}
		},
		async lose() {
			database?.close();
			database = undefined;
		},
		async restore(run) {
			await run(['restore', 'latest:crm-app', '--target', restored]);
		},
		async compare() {
			const copy = new DatabaseSync(path.join(restored, file));
			try {
				const lines = (query: string) => copy.prepare(query).all().map(row => String(row['line']));
				return checkAccounts({tables: lines('SELECT name AS line FROM sqlite_schema WHERE type = \'table\''), transfers: lines(transfersQuery), balances: lines(balancesQuery)}, transfers);
			} finally {
				copy.close();
			}
		},
		async close() {
			database?.close();
		},
	};
}
