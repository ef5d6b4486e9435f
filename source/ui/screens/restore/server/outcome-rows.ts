import type {LoadSummary} from '../../../../engine/index.ts';
import {formatAmount} from '../../../../text/format.ts';
import {cell, row, textRow, wrapText, type Row} from '../../../row.ts';
import type {Glyphs} from '../../../theme.ts';

const maximumShown = 5;

/** What came of loading: each database with what was compared of it. What is wrong stands in the messages below. */
export function loadedRows({server, databases, problems}: LoadSummary, columns: number, glyphs: Glyphs): Row[] {
	const wrong = new Set(problems.map(({database}) => database));
	const rows = databases.slice(0, maximumShown).map(({name, into, tables, rows: count = 0, compared}): Row => {
		const isGood = !wrong.has(into);
		const found = isGood ? `${formatAmount(tables, 'table')}, ${formatAmount(count, 'row')} as in the dump${compared === 'checksums' ? ', checksums, too' : ''}` : 'not what the dump has: see below';
		return row(cell(` ${isGood ? glyphs.ok : glyphs.critical} `, isGood ? 'ok' : 'critical'), cell(into === name ? name : `${name} as ${into}`, 'strong'), cell(`: ${found}`, isGood ? 'plain' : 'critical'));
	});
	const more = databases.length - maximumShown;
	return [
		...wrapText(`into ${server}`, columns - 2, 2).map(line => textRow(` ${line}`, 'muted')),
		...rows, ...(more > 0 ? [textRow(` and ${formatAmount(more, 'more database')}`, 'muted')] : []),
	];
}
