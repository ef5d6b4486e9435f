import {closeSync, constants, fchmodSync, fchownSync, fsyncSync, mkdirSync, openSync, renameSync} from 'node:fs';
import process from 'node:process';
import {toPath, type ByteString} from '../../byte-string.ts';
import type {HeldFolder} from './held-folder.ts';

const flags = constants.O_RDONLY | constants.O_NOFOLLOW;

/** Puts what was made into a repository's folder, as its owner's. */
export class RepositoryHandOver {
	readonly #repository: HeldFolder;

	/** @param repository - It stays the caller's. */
	constructor(repository: HeldFolder) {
		this.#repository = repository;
	}

	/** The mode of files that git would write here, and read alone. */
	get fileMode(): number {
		return this.#folderMode & 0o666;
	}

	/** Make a folder unless it is there, and enter it. @throws System errors, also where a link stands in its place */
	enter(parent: HeldFolder, name: string): HeldFolder {
		const entry = name as ByteString;
		if (parent.look(entry) === undefined) {
			mkdirSync(toPath(parent.systemPath(entry)), 0o700);
			this.#giveAway(parent.systemPath(entry), this.#folderMode);
		}

		return parent.enter(entry);
	}

	/** Move a file there, durably. */
	move(from: HeldFolder, to: HeldFolder, name: string, mode: number): void {
		const entry = name as ByteString;
		this.#giveAway(from.systemPath(entry), mode);
		renameSync(toPath(from.systemPath(entry)), toPath(to.systemPath(entry)));
	}

	get #folderMode(): number {
		return Number(this.#repository.stats.mode) & 0o7777;
	}

	#giveAway(systemPath: ByteString, mode: number): void {
		const descriptor = openSync(toPath(systemPath), flags);
		try {
			const {uid, gid} = this.#repository.stats;
			if (process.getuid?.() === 0) {
				fchownSync(descriptor, Number(uid), Number(gid));
			}

			fchmodSync(descriptor, mode);
			fsyncSync(descriptor);
		} finally {
			closeSync(descriptor);
		}
	}
}

/** Make durable which entries a folder has. */
export function syncFolder(folder: HeldFolder): void {
	const descriptor = openSync(toPath(folder.systemPath('.' as ByteString)), flags);
	try {
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}
