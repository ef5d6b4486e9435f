import {toSafeText} from '../../text/display-text.ts';

const entities: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;'};

/** A text from anywhere as HTML shows it, between tags and in attributes: without control characters, and with nothing that HTML would take for more than a text. */
export function toHtmlText(text: string): string {
	return toSafeText(text).replaceAll(/[&<>"']/g, character => entities[character]!);
}
