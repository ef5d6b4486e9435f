import type {Notice} from '../notice.ts';
import {describeNotice, type Grade} from './notice-content.ts';

const entities: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;'};

/** A text as HTML shows it, in an element or in an attribute. */
function escapeHtml(text: string): string {
	return text.replaceAll(/[&<>"']/g, character => entities[character]!);
}

const colours: Readonly<Record<Grade, string>> = {critical: '#b3261e', warning: '#9a6700', good: '#1a7f37'};

/** A notice as HTML for mail: nothing is loaded from elsewhere, nothing runs, and nothing can be clicked. */
export function htmlBody(notice: Notice): string {
	const {opening, sections, footer} = describeNotice(notice);
	const pair = ([label, text]: readonly [string, string]) => `<br><span style="color:#57606a">${label}:</span> ${escapeHtml(text)}`;
	const parts = sections.map(({heading, items}) => {
		const list = items.map(({grade, title, details}) => `<li style="margin:0 0 12px"><b style="color:${colours[grade]}">${escapeHtml(title)}</b>${details.map(detail => pair(detail)).join('')}</li>`);
		return `<h3 style="margin:16px 0 8px">${heading}</h3>\n<ul style="margin:0;padding-left:20px">\n${list.join('\n')}\n</ul>`;
	});
	return [
		'<!DOCTYPE html>',
		'<html lang="en"><head><meta charset="utf-8"><title>coffer</title></head>',
		'<body style="font-family:sans-serif;font-size:14px;line-height:1.4">',
		`<p>${escapeHtml(opening)}</p>`,
		...parts,
		`<p style="color:#57606a;border-top:1px solid #d0d7de;padding-top:8px">${footer.map(([label, text]) => `${label}: ${escapeHtml(text)}`).join('<br>')}</p>`,
		'</body></html>',
		'',
	].join('\n');
}
