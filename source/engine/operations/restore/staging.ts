import {closeSync, constants, mkdirSync, openSync, rmdirSync} from 'node:fs';
import type {ByteString} from '../../byte-string.ts';
import type {Runtime} from '../../runtime.ts';
import {openPathOnly, type GuardedFolders} from './guarded-folders.ts';

/**
Temporary names in the folders of the target. Where a file has to be reached by its path before it is done, it is made in a folder of its own that nobody else can enter:
in a shared folder somebody could exchange it for a link to another file.
*/
export class Staging {
	readonly #folders: GuardedFolders;
	readonly #prefix: string;
	#count = 0;
	#private: {readonly folder: ByteString; readonly name: string; readonly descriptor: number} | undefined;

	constructor(folders: GuardedFolders, runtime: Runtime) {
		this.#folders = folders;
		this.#prefix = `.coffer-${runtime.randomBytes(8).toString('hex')}`;
	}

	/** A path for a temporary file beside the final one; good until the next call to `GuardedFolders`. */
	shared(folder: ByteString): string {
		return `/proc/self/fd/${this.#folders.open(folder)}/${this.#nextName()}`;
	}

	/** A path for a temporary file where only this process gets to; good until `release`. @throws System errors */
	private(folder: ByteString): string {
		if (this.#private?.folder !== folder) {
			this.release();
			const name = this.#nextName();
			const path = `/proc/self/fd/${this.#folders.open(folder)}/${name}`;
			mkdirSync(path, 0o700);
			this.#private = {folder, name, descriptor: openSync(path, openPathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW)};
		}

		return `/proc/self/fd/${this.#private.descriptor}/${this.#nextName()}`;
	}

	/** Remove the private folder. Never fails. */
	release(): void {
		if (this.#private) {
			const {folder, name, descriptor} = this.#private;
			this.#private = undefined;
			try {
				closeSync(descriptor);
				rmdirSync(this.#folders.at(folder, name));
			} catch {}
		}
	}

	#nextName(): string {
		this.#count++;
		return `${this.#prefix}-${this.#count}`;
	}
}
