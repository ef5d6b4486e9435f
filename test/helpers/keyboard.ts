import type {Terminal, Wanted} from './terminal.ts';
import type {Key} from './terminal-keys.ts';

/** A person's hands: keys one after the other, each with what it shows, and counted. Texts typed into a line are not counted. */
export class Keyboard {
	/** How many keys were pressed since it was last set to 0. */
	presses = 0;
	readonly #terminal: Terminal;

	constructor(terminal: Terminal) {
		this.#terminal = terminal;
	}

	/** Press a key, and wait for what it shows. @returns The screen's text. */
	async press(key: Key, wanted: Wanted): Promise<string> {
		this.presses++;
		this.#terminal.press(key);
		return this.#terminal.waitFor(wanted);
	}

	/** Type a text into a line, and wait for what it shows. */
	async type(text: string, wanted: Wanted): Promise<string> {
		this.#terminal.type(text);
		return this.#terminal.waitFor(wanted);
	}
}
