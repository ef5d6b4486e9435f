import type {Notice} from '../notice.ts';
import {describeNotice, type Grade} from './notice-content.ts';

const marks: Readonly<Record<Grade, string>> = {critical: ':rotating_light:', warning: ':warning:', good: ':white_check_mark:'};

/** Slack cuts a text off at 40,000 characters, and folds long ones. */
const maximumBytes = 12_000;

/*
Only "<", ">" and "&" mean something that could reach people or lead elsewhere (`<!channel>`, `<@user>`, `<https://…|text>`), and their entities do not.
Words such as "@channel" reach nobody in an incoming webhook unless link_names is set. What is left could only make a text bold: a zero-width space keeps the marks apart from what they would mark,
and a bare address from becoming a link.
*/
function neutralise(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(/[*_~`@]|:\/\/|\.\b/g, mark => mark === '://' ? ':\u200B//' : `${mark}\u200B`);
}

/** A notice as Slack shows it (mrkdwn), without anything in it that mentions people or leads elsewhere. Alerts that do not fit are counted. */
export function slackText(notice: Notice): string {
	const {opening, sections, footer} = describeNotice(notice);
	const ends = footer.map(([label, text]) => `${label}: ${neutralise(text)}`).join('\n');
	const blocks = [neutralise(opening)];
	let byteCount = Buffer.byteLength(blocks[0]!) + Buffer.byteLength(ends);
	let left = 0;
	for (const {grade, title, details} of sections.flatMap(section => section.items)) {
		const block = [`${marks[grade]} ${neutralise(title)}`, ...details.map(([label, text]) => `    ${label}: ${neutralise(text)}`)].join('\n');
		const size = Buffer.byteLength(block);
		if (byteCount + size <= maximumBytes) {
			blocks.push(block);
			byteCount += size;
		} else {
			left++;
		}
	}

	return [...blocks, ...(left === 0 ? [] : [`… and ${left} more`]), ends].join('\n\n');
}
