import {createHash} from 'node:crypto';
import {formatAmount, formatCount} from '../../text/format.ts';
import {accountCount, balancesAfter, transfersUpTo} from './accounts.ts';
import type {DemoCheck} from './demo-part.ts';

/** A book of accounts as it came back. */
export type FoundAccounts = {
	/** Names of tables. */
	readonly tables: readonly string[];
	/** As `transfersQuery` and `balancesQuery` give them. */
	readonly transfers: readonly string[];
	readonly balances: readonly string[];
};

const tables = ['account', 'transfer'];

const digest = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12);
const describe = (lines: readonly string[]): string => `${formatAmount(lines.length, 'row')}, ${digest(lines)}`;

/**
Compare a book of accounts that came back with what it must have been at the moment at which it was read, which its transfers tell.
@param written - Transfers that were written in all, until the machine was lost.
*/
export function checkAccounts(found: FoundAccounts, written: number): DemoCheck[] {
	const count = found.transfers.length;
	const expected = count > 0 && count <= written ? count : written;
	return [
		{what: 'tables', expected: tables.join(', '), found: found.tables.toSorted().join(', ')},
		{what: `transfers, when read; ${formatCount(written)} at the loss`, expected: describe(transfersUpTo(expected)), found: describe(found.transfers)},
		{what: `balances of ${formatCount(accountCount)} accounts then`, expected: describe(balancesAfter(expected)), found: describe(found.balances)},
	];
}
