import {toSafeText} from '../../../text/display-text.ts';
import {maskUrls} from '../../programs/mask-urls.ts';

/** A text of anybody on one line: without control characters, whatever turns the direction of writing, and passwords in URLs. */
export function oneLine(text: string): string {
	return toSafeText(maskUrls(text.replaceAll(/\s+/g, ' ').trim()));
}

/** As much of the text as fits into so many bytes of UTF-8, with an ellipsis where something is missing. */
export function shorten(text: string, maximumBytes: number): string {
	if (Buffer.byteLength(text) <= maximumBytes) {
		return text;
	}

	// In a stream, what was cut apart is left for later and does not become another character.
	return `${new TextDecoder().decode(Buffer.from(text).subarray(0, maximumBytes - 3), {stream: true})}…`;
}
