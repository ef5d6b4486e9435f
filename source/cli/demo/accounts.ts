/*
A book of accounts that is written to while it is backed up. Each transfer follows from its number alone, so that the state after any number of them can be worked out: a copy of any moment can be compared with what must have been there.
*/

export const accountCount = 5000;
const openingBalance = 1000;

export type Transfer = {readonly number: number; readonly from: number; readonly to: number; readonly amount: number};

/** @param number - From 1. */
export function transferOf(number: number): Transfer {
	return {number, from: 1 + (number * 7919 % accountCount), to: 1 + (number * 104_729 % accountCount), amount: number % 97};
}

/** The balance of every account after so many transfers: `1 1000`. */
export function balancesAfter(transfers: number): string[] {
	const balances = new Map(Array.from({length: accountCount}, (_, index) => [index + 1, openingBalance]));
	for (let number = 1; number <= transfers; number++) {
		const {from, to, amount} = transferOf(number);
		balances.set(from, balances.get(from)! - amount);
		balances.set(to, balances.get(to)! + amount);
	}

	return [...balances].map(([account, balance]) => `${account} ${balance}`);
}

/** The first transfers: `1 7920 4730 1`. */
export function transfersUpTo(count: number): string[] {
	return Array.from({length: count}, (_, index) => {
		const {number, from, to, amount} = transferOf(index + 1);
		return `${number} ${from} ${to} ${amount}`;
	});
}

/** Tables and opening balances, in the SQL that SQLite and PostgreSQL share. */
export function openingStatements(): string[] {
	const rows = Array.from({length: accountCount}, (_, index) => `(${index + 1}, 'Customer ${index + 1}, Main Street ${index * 7919 % 997}', ${openingBalance})`);
	return [
		'CREATE TABLE account (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, balance INTEGER NOT NULL)',
		'CREATE TABLE transfer (id INTEGER PRIMARY KEY, debtor INTEGER NOT NULL REFERENCES account, creditor INTEGER NOT NULL REFERENCES account, amount INTEGER NOT NULL)',
		`INSERT INTO account VALUES ${rows.join(', ')}`,
	];
}

/** One transfer as one transaction. */
export function transferStatements({number, from, to, amount}: Transfer): string {
	return `BEGIN; UPDATE account SET balance = balance - ${amount} WHERE id = ${from}; UPDATE account SET balance = balance + ${amount} WHERE id = ${to}; INSERT INTO transfer VALUES (${number}, ${from}, ${to}, ${amount}); COMMIT;`;
}

export const balancesQuery = 'SELECT id || \' \' || balance AS line FROM account ORDER BY id';
export const transfersQuery = 'SELECT id || \' \' || debtor || \' \' || creditor || \' \' || amount AS line FROM transfer ORDER BY id';
