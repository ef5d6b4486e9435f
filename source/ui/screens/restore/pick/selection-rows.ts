import {formatAmount, formatBytes} from '../../../../text/format.ts';
import {textRow, wrapText, type Row} from '../../../row.ts';
import {selectionOf, type Marks} from '../marks.ts';
import type {Picking} from './picking.ts';

/** How much is marked, in words. */
export function selectionText(marks: Marks, {sizes, snapshot}: Pick<Picking, 'sizes' | 'snapshot'>): string {
	const {entries, files, bytes, isMeasured} = selectionOf(marks, sizes, snapshot);
	return `${formatAmount(entries, 'entry', 'entries')} marked: ${formatAmount(files, 'file')}, ${formatBytes(bytes)}${isMeasured ? '' : ' so far'}`;
}

/** What is marked, by name, in as many lines as there are. */
export function selectionRows(marks: Marks, columns: number, lines: number): Row[] {
	// More names than can be seen are not put together.
	const seen = [...marks.values()].slice(0, lines * columns);
	const included = seen.filter(mark => mark.isIncluded).map(({path, type}) => path === '/' ? 'everything' : path + (type === 'directory' ? '/' : ''));
	const left = seen.filter(mark => !mark.isIncluded).map(({path}) => path);
	const text = `${included.join(', ')}${left.length > 0 ? ` without ${left.join(', ')}` : ''}`;
	const wrapped = wrapText(text, columns - 2);
	return wrapped.slice(0, lines).map((line, index) => textRow(` ${line}${index === lines - 1 && wrapped.length > lines ? '…' : ''}`));
}
