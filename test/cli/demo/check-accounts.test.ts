import test from 'ava';
import {balancesAfter, transfersUpTo} from '../../../source/cli/demo/accounts.ts';
import {checkAccounts, type FoundAccounts} from '../../../source/cli/demo/check-accounts.ts';

const book = (count: number): FoundAccounts => ({tables: ['transfer', 'account'], transfers: transfersUpTo(count), balances: balancesAfter(count)});
const different = (found: FoundAccounts, written: number) => checkAccounts(found, written).filter(check => check.expected !== check.found).map(({what}) => what.split(/[ ,]/)[0]);

test('the book of any moment before the loss is accepted', t => {
	for (const count of [1, 500, 1000]) {
		t.deepEqual(different(book(count), 1000), []);
	}
});

test('money moves and does not change', t => {
	const sum = (lines: readonly string[]) => lines.reduce((total, line) => total + Number(line.split(' ')[1]), 0);
	t.is(sum(balancesAfter(5000)), sum(balancesAfter(0)));
	t.notDeepEqual(balancesAfter(5000), balancesAfter(0));
});

const wrong: ReadonlyArray<readonly [string, FoundAccounts, readonly string[]]> = [
	['a table is missing', {...book(501), tables: ['account']}, ['tables']],
	['a transfer is missing', {...book(501), transfers: transfersUpTo(501).toSpliced(200, 1)}, ['transfers', 'balances']],
	['a transfer is another', {...book(501), transfers: transfersUpTo(501).with(3, '4 1 2 3')}, ['transfers']],
	['a balance is another', {...book(501), balances: balancesAfter(501).with(7, '8 0')}, ['balances']],
	['balances are of another moment than transfers', {...book(501), balances: balancesAfter(500)}, ['balances']],
	['more than was written', book(1001), ['transfers', 'balances']],
	['nothing', {...book(0)}, ['transfers', 'balances']],
];

for (const [what, found, expected] of wrong) {
	test(`told apart: ${what}`, t => {
		t.deepEqual(different(found, 1000), expected);
	});
}
