import {Buffer} from 'node:buffer';
import type {KeyPress} from './key-press.ts';

const maximumBytes = 1024;
const groupLength = 5;

/** A secret that is being typed: bytes in a place of their own, which are wiped. Only what is shown of it becomes a string. */
export class SecretInput {
	readonly #bytes = Buffer.alloc(maximumBytes);
	#length = 0;

	get isEmpty(): boolean {
		return this.#length === 0;
	}

	/** A copy, in UTF-8; who takes it wipes it. */
	take(): Buffer {
		return Buffer.from(this.#bytes.subarray(0, this.#length));
	}

	/** Add a text; control characters in it are left out, and so is what is too much. */
	add(text: string): void {
		for (const character of text) {
			if (!/[\p{Control}\u{2028}\u{2029}]/u.test(character) && this.#length + Buffer.byteLength(character) <= maximumBytes) {
				this.#length += this.#bytes.write(character, this.#length);
			}
		}
	}

	/** @returns Whether the key edits: a character, Backspace, Ctrl-U. */
	press({name, text}: KeyPress): boolean {
		if (name === 'backspace') {
			this.#removeLast();
		} else if (name === 'ctrl-u') {
			this.wipe();
		} else if (text === undefined) {
			return false;
		} else {
			this.add(text);
		}

		return true;
	}

	/** For the screen: the characters in groups of five, as a recovery code has them, or a mark for each. */
	draw(isShown: boolean): string {
		const characters = [...this.#bytes.toString('utf8', 0, this.#length)].filter(character => !/[\s-]/.test(character));
		const groups = Array.from({length: Math.ceil(characters.length / groupLength)}, (_, index) => characters.slice(index * groupLength, (index + 1) * groupLength));
		return groups.map(group => isShown ? group.join('') : '*'.repeat(group.length)).join('-');
	}

	wipe(): void {
		this.#bytes.fill(0);
		this.#length = 0;
	}

	#removeLast(): void {
		while (this.#length > 0) {
			this.#length--;
			const byte = this.#bytes[this.#length]!;
			this.#bytes[this.#length] = 0;
			// The first byte of a character in UTF-8.
			if ((byte & 0b1100_0000) !== 0b1000_0000) {
				return;
			}
		}
	}
}
