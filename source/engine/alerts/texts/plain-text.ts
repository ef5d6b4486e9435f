import type {Notice} from '../notice.ts';
import {describeNotice} from './notice-content.ts';

/** A notice as plain text, without its subject; lines end with a line feed. */
export function plainBody(notice: Notice): string {
	const {opening, sections, footer} = describeNotice(notice);
	const lines = [opening, ''];
	for (const {heading, items} of sections) {
		lines.push(`${heading}:`);
		for (const {title, details} of items) {
			lines.push(`  * ${title}`, ...details.map(([label, text]) => `    ${label}: ${text}`));
		}

		lines.push('');
	}

	return `${[...lines, ...footer.map(([label, text]) => `${label}: ${text}`)].join('\n')}\n`;
}
