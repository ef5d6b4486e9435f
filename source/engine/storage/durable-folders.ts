import {lstat, mkdir, stat, type FileHandle} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {systemErrorCode} from '../errors.ts';
import {openFolder, syncFolder} from './durable-file.ts';
import {folderOf} from './names.ts';
import {objectDamaged} from './storage-errors.ts';

const folderMode = 0o700;

async function syncPath(path: string): Promise<void> {
	const folder = await openFolder(path);
	try {
		await syncFolder(folder);
	} finally {
		await folder.close();
	}
}

async function makeFolder(path: string): Promise<void> {
	try {
		await mkdir(path, folderMode);
	} catch (error) {
		if (systemErrorCode(error) !== 'EEXIST') {
			throw error;
		}
	}
}

/** Make the folder at `path`, and those above it, durably. An existing one is left as it is. */
async function makeRoot(path: string): Promise<void> {
	try {
		await stat(path);
	} catch (error) {
		if (systemErrorCode(error) !== 'ENOENT') {
			throw error;
		}

		await makeRoot(dirname(path));
		await makeFolder(path);
		await syncPath(dirname(path));
	}
}

/**
The folders of a storage below its root: made on demand with mode 0700, durable before anything in them counts as durable, and never a symbolic link
(the root itself and those above may be). That no folder is a link is looked at when it is first used.
*/
export class DurableFolders {
	readonly #root: string;
	readonly #made = new Map<string, Promise<void>>();
	readonly #checked = new Set<string>();

	/** @param root - Absolute path. */
	constructor(root: string) {
		this.#root = root;
	}

	/**
	Do something in a folder that is there, is durable and is no link; once more where somebody removed the folder meanwhile.
	@param folder - Name below the root; the empty string for the root.
	@throws `damaged` where something else than a folder is in the way.
	*/
	async using<Result>(folder: string, action: (path: string) => Promise<Result>): Promise<Result> {
		const attempt = async () => {
			await this.#ensure(folder);
			return action(join(this.#root, folder));
		};

		try {
			return await attempt();
		} catch (error) {
			if (systemErrorCode(error) !== 'ENOENT') {
				throw error;
			}

			this.#made.clear();
			this.#checked.clear();
			return attempt();
		}
	}

	/** The open directory, ready for `publish`; the caller closes it. */
	async open(folder: string): Promise<FileHandle> {
		return this.using(folder, openFolder);
	}

	/**
	Look whether the folder can be entered without following a link. A missing one is fine.
	@throws `damaged` where it, or one above it, is a symbolic link.
	*/
	async check(folder: string): Promise<void> {
		if (folder === '' || this.#checked.has(folder)) {
			return;
		}

		await this.check(folderOf(folder));
		try {
			await this.#checkEntry(folder);
		} catch (error) {
			if (!['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) {
				throw error;
			}
		}
	}

	async #checkEntry(folder: string): Promise<boolean> {
		const entry = await lstat(join(this.#root, folder));
		if (entry.isSymbolicLink()) {
			throw objectDamaged(folder, this.#root, 'is a symbolic link, which is never followed');
		}

		if (entry.isDirectory()) {
			this.#checked.add(folder);
		}

		return entry.isDirectory();
	}

	async #ensure(folder: string): Promise<void> {
		const known = this.#made.get(folder);
		if (known !== undefined) {
			return known;
		}

		const making = folder === '' ? makeRoot(this.#root) : this.#make(folder);
		this.#made.set(folder, making);
		try {
			await making;
		} catch (error) {
			this.#made.delete(folder);
			throw error;
		}
	}

	async #make(folder: string): Promise<void> {
		const parent = folderOf(folder);
		await this.#ensure(parent);
		await makeFolder(join(this.#root, folder));
		if (!await this.#checkEntry(folder)) {
			throw objectDamaged(folder, this.#root, 'is not a folder');
		}

		// Also for a folder that was there: another process may have made it a moment ago and not yet have come to this.
		await syncPath(join(this.#root, parent));
	}
}
