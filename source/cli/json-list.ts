import {toSafeJson} from '../text/display-text.ts';
import type {Output} from './output.ts';

/**
One JSON value on one line that is a list, or an object with a list as its member `name`, written while the list is still being found: only with `--json`. Should an error end it early, the line is not whole.
*/
export class JsonList {
	readonly #output: Output;
	readonly #name: string | undefined;
	#separator = '';

	/** @param head - Members before the list. */
	constructor(output: Output, name?: string, head: Readonly<Record<string, unknown>> = {}) {
		this.#output = output;
		this.#name = name;
		const members = toSafeJson(head).slice(0, -1);
		output.jsonPart(name === undefined ? '[' : `${members}${members === '{' ? '' : ','}${JSON.stringify(name)}:[`);
	}

	add(item: unknown): void {
		if (this.#output.isJson) {
			this.#output.jsonPart(this.#separator + toSafeJson(item));
			this.#separator = ',';
		}
	}

	/** @param tail - Members after the list, where it is a member itself. */
	end(tail: Readonly<Record<string, unknown>> = {}): void {
		const members = toSafeJson(tail).slice(1, -1);
		this.#output.jsonPart(this.#name === undefined ? ']\n' : `]${members === '' ? '' : ','}${members}}\n`);
	}
}
