import type {Notice} from '../notice.ts';
import {describeNotice, type Grade} from './notice-content.ts';
import {shorten} from './one-line.ts';

/** What a log takes on a line: RFC 5424 (6.1) asks for 480 bytes, what is usual takes 2,048. */
const maximumBytes = 1000;

/** A notice as lines for the log of a system. */
export function logLines(notice: Notice): Array<{readonly grade: Grade; readonly text: string}> {
	const {opening, sections} = describeNotice(notice);
	const words: Readonly<Record<Grade, string>> = {critical: 'critical', warning: 'warning', good: 'resolved'};
	const items = sections.flatMap(section => section.items).map(({grade, title, details}) => ({grade, text: shorten([`${words[grade]}: ${title}`, ...details.map(([label, text]) => `${label}: ${text}`)].join('; '), maximumBytes)}));
	return items.length > 0 && notice.kind === 'alerts' ? items : [{grade: 'good', text: shorten(opening, maximumBytes)}, ...items];
}
