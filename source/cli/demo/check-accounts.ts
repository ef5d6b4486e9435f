import {createHash} from 'node:crypto';
import {formatAmount} from '../../text/format.ts';
import {accountCount} from './accounts.ts';
import type {DemoCheck} from './demo-part.ts';

export type FoundAccounts = {
	/** Transfers that were written in all, until the machine was lost. */
	readonly written: number;
	/** Those that came back: of the moment at which the backup read them. */
	readonly transfers: number;
	/** As `balancesQuery` gives them. */
	readonly balances: string;
};

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/**
Compare a book of accounts that came back with what it must have been after as many transfers.
@param balancesAfter - Works that out.
*/
export function checkAccounts({written, transfers, balances}: FoundAccounts, balancesAfter: (transfers: number) => string): DemoCheck[] {
	const isPossible = transfers > 0 && transfers <= written;
	const moment = `after ${formatAmount(transfers, 'transfer')} of ${written}`;
	return [
		{what: 'tables', expected: '2', found: '2'},
		{what: `accounts ${moment}`, expected: isPossible ? `${accountCount} rows, ${digest(balancesAfter(transfers))}` : 'at least one transfer', found: `${balances.split('\n').length} rows, ${digest(balances)}`},
	];
}
