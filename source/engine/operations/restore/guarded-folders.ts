import {closeSync, constants, fstatSync, openSync} from 'node:fs';
import {toPath, type ByteString} from '../../byte-string.ts';

/** O_PATH (open(2)): a descriptor that only names a place, and needs no permission to read it. */
export const openPathOnly = 0o1000_0000;
const folderFlags = openPathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** The place that a descriptor of a directory, opened or only named, stands for; `/.` makes calls that do not follow links work on it as well. */
export const pathOfDescriptor = (descriptor: number): string => `/proc/self/fd/${descriptor}/.`;

/**
The directories below one root, each reached from its parent by a descriptor and never through a symbolic link, so that nothing outside the root can be meant whatever others do to it meanwhile.
Few descriptors are kept; those not used for longest are closed.
*/
export class GuardedFolders {
	readonly #root: number;
	readonly #maximumOpen: number;
	readonly #descriptors = new Map<ByteString, number>();

	/** @param root - A descriptor; it stays the caller's. */
	constructor(root: number, maximumOpen: number) {
		this.#root = root;
		this.#maximumOpen = maximumOpen;
	}

	/**
	@param folder - From the root, without a slash at either end; empty for the root.
	@returns A descriptor that is good until the next call.
	@throws System errors: `ENOTDIR` where a component is a symbolic link or no directory
	*/
	open(folder: ByteString): number {
		if (folder === '') {
			return this.#root;
		}

		const known = this.#descriptors.get(folder);
		if (known !== undefined) {
			// Move it to the end: the first of the map is the one that was not used for longest.
			this.#descriptors.delete(folder);
			this.#descriptors.set(folder, known);
			return known;
		}

		return this.#descend(folder);
	}

	/** The path of an entry for a system call; good until the next call. @throws As `open`. */
	at(folder: ByteString, name: string): string | Buffer {
		return toPath(`/proc/self/fd/${this.open(folder)}/${name}` as ByteString);
	}

	/** A descriptor of its own for a folder, to be closed by the caller. @throws As `open`. */
	duplicate(folder: ByteString): number {
		return openSync(pathOfDescriptor(this.open(folder)), folderFlags);
	}

	/** The device on which a folder lies. @throws As `open`. */
	deviceOf(folder: ByteString): bigint {
		return fstatSync(this.open(folder), {bigint: true}).dev;
	}

	/** A folder was removed or replaced. */
	forget(folder: ByteString): void {
		const descriptor = this.#descriptors.get(folder);
		if (descriptor !== undefined) {
			this.#descriptors.delete(folder);
			closeSync(descriptor);
		}
	}

	close(): void {
		for (const descriptor of this.#descriptors.values()) {
			closeSync(descriptor);
		}

		this.#descriptors.clear();
	}

	#descend(folder: ByteString): number {
		let descriptor = this.#root;
		let start = 0;
		for (let slash = folder.lastIndexOf('/'); slash > 0; slash = folder.lastIndexOf('/', slash - 1)) {
			const ancestor = this.#descriptors.get(folder.slice(0, slash) as ByteString);
			if (ancestor !== undefined) {
				descriptor = ancestor;
				start = slash + 1;
				break;
			}
		}

		while (start < folder.length) {
			const slash = folder.indexOf('/', start);
			const end = slash === -1 ? folder.length : slash;
			descriptor = openSync(toPath(`/proc/self/fd/${descriptor}/${folder.slice(start, end)}` as ByteString), folderFlags);
			this.#keep(folder.slice(0, end) as ByteString, descriptor);
			start = end + 1;
		}

		return descriptor;
	}

	#keep(folder: ByteString, descriptor: number): void {
		this.#descriptors.set(folder, descriptor);
		for (const [oldest, other] of this.#descriptors) {
			if (this.#descriptors.size <= this.#maximumOpen) {
				break;
			}

			this.#descriptors.delete(oldest);
			closeSync(other);
		}
	}
}
