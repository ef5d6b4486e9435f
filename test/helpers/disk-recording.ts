import {Buffer} from 'node:buffer';
import {dirname} from 'node:path';

type Inode = {written: Buffer; synced: Buffer; readonly isFolder?: boolean};
type NameChange = {readonly folder: string; readonly name: string; readonly inode: Inode | undefined};
type Handle = {readonly inode?: Inode; readonly folder?: string};

const createFolder = (): Inode => ({written: Buffer.alloc(0), synced: Buffer.alloc(0), isFolder: true});

/** What may be on a disk after a power failure: files by path below the root. */
export type DiskState = ReadonlyMap<string, Buffer>;

function unescape(text: string): Buffer {
	const named: Readonly<Record<string, string>> = {n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\u0007', b: '\b'};
	const plain = text.replaceAll(/\\(?:x([\da-f]{2})|([0-7]{1,3})|(.))/gs, (_, hex: string | undefined, octal: string | undefined, other: string | undefined) => {
		if (other !== undefined) {
			return named[other] ?? other;
		}

		return String.fromCodePoint(hex === undefined ? Number.parseInt(octal!, 8) : Number.parseInt(hex, 16));
	});
	return Buffer.from(plain, 'latin1');
}

/** The calls of a log of `strace -f`, those that were interrupted put together again where they end. */
function readCalls(log: string): string[] {
	const begun = new Map<string, string>();
	const calls: string[] = [];
	for (const line of log.split('\n')) {
		const {thread, rest} = /^(?<thread>\d+) +(?<rest>\S.*)$/s.exec(line)?.groups ?? {};
		if (thread === undefined || rest === undefined) {
			continue;
		}

		if (rest.endsWith(' <unfinished ...>')) {
			begun.set(thread, rest.slice(0, -' <unfinished ...>'.length));
		} else if (rest.startsWith('<... ')) {
			calls.push((begun.get(thread) ?? '') + rest.replace(/^<\.\.\. \w+ resumed>/, ''));
			begun.delete(thread);
		} else {
			calls.push(rest);
		}
	}

	return calls;
}

/**
Plays a log of system calls (`recordedCalls`, with whole strings) again on a model of a disk that keeps nothing but what was fsynced: contents of files by their own fsync, names by that of their folder.
*/
export class DiskRecording {
	readonly #root: string;
	readonly #names = new Map<string, Inode>();
	readonly #syncedNames = new Map<string, Inode>();
	#pending: NameChange[] = [];
	readonly #handles = new Map<string, Handle>();

	/** @param files - What is there, durably, when the recording begins. */
	constructor(root: string, files: DiskState) {
		this.#root = root;
		for (const [path, bytes] of files) {
			const inode = {written: bytes, synced: bytes};
			this.#names.set(path, inode);
			this.#syncedNames.set(path, inode);
			for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
				this.#names.set(folder, createFolder());
				this.#syncedNames.set(folder, createFolder());
			}
		}
	}

	/** Play the log; `onChange` is called after every call that changed something. */
	play(log: string, onChange: () => void): void {
		for (const call of readCalls(log)) {
			const {name, parameters, result} = /^(?<name>\w+)\((?<parameters>.*)\) += (?<result>-?\d+)/s.exec(call)?.groups ?? {};
			if (name !== undefined && !result!.startsWith('-') && this.#apply(name, parameters!, result!)) {
				onChange();
			}
		}
	}

	/** Only what was fsynced; of all the disk may hold, the least. */
	least(): DiskState {
		return this.#state(this.#syncedNames, inode => inode.synced);
	}

	/** Every name, and of the contents only what was fsynced. */
	namesWithoutData(): DiskState {
		return this.#state(this.#names, inode => inode.synced);
	}

	/** Every byte that was written, and of the names only those that were fsynced. */
	dataWithoutNames(): DiskState {
		return this.#state(this.#syncedNames, inode => inode.written);
	}

	/** Some of the changes of names that were not fsynced, each or not as `shouldTake` says, and some of the contents. */
	some(shouldTake: () => boolean): DiskState {
		const names = new Map(this.#syncedNames);
		for (const {name, inode} of this.#pending.filter(() => shouldTake())) {
			this.#change(names, name, inode);
		}

		return this.#state(names, inode => (shouldTake() ? inode.written : inode.synced));
	}

	#state(names: ReadonlyMap<string, Inode>, contentOf: (inode: Inode) => Buffer): DiskState {
		const isReachable = (path: string): boolean => path === '.' || (names.get(path)?.isFolder === true && isReachable(dirname(path)));
		return new Map([...names].filter(([path, {isFolder}]) => !isFolder && isReachable(dirname(path))).map(([path, inode]) => [path, contentOf(inode)]));
	}

	#change(names: Map<string, Inode>, path: string, inode: Inode | undefined): void {
		if (inode) {
			names.set(path, inode);
		} else {
			names.delete(path);
		}
	}

	#rename(path: string, inode: Inode | undefined): void {
		this.#change(this.#names, path, inode);
		this.#pending.push({folder: dirname(path), name: path, inode});
	}

	/** @returns Whether something below the root has changed. */
	#apply(name: string, parameters: string, result: string): boolean {
		const texts = [...parameters.matchAll(/"([^"\\]*(?:\\.[^"\\]*)*)"/gs)].map(([, text]) => unescape(text!));
		const paths = texts.map(text => text.toString('latin1'));
		const isInside = paths.some(path => path.startsWith(this.#root));
		const relative = (path: string) => path.slice(this.#root.length + 1);
		const descriptor = parameters.split(/[,)]/, 1)[0]!;
		switch (name) {
			case 'openat': {
				this.#handles.delete(result);
				if (!isInside) {
					return false;
				}

				const path = relative(paths[0]!);
				if (parameters.includes('O_DIRECTORY')) {
					this.#handles.set(result, {folder: path === '' ? '.' : path});
					return false;
				}

				const isNew = parameters.includes('O_CREAT');
				const inode = isNew ? {written: Buffer.alloc(0), synced: Buffer.alloc(0)} : this.#names.get(path);
				this.#handles.set(result, inode ? {inode} : {});
				if (isNew) {
					this.#rename(path, inode);
				}

				return isNew;
			}

			case 'write':
			case 'writev': {
				const inode = this.#handles.get(descriptor)?.inode;
				if (inode) {
					const bytes = Buffer.concat(texts).subarray(0, Number(result));
					if (bytes.length !== Number(result)) {
						throw new Error(`The log holds ${bytes.length} of ${result} bytes: ${parameters.slice(0, 100)}`);
					}

					inode.written = Buffer.concat([inode.written, bytes]);
				}

				return inode !== undefined;
			}

			case 'fsync':
			case 'fdatasync': {
				return this.#sync(this.#handles.get(descriptor));
			}

			case 'link':
			case 'rename': {
				if (isInside) {
					const inode = this.#names.get(relative(paths[0]!));
					this.#rename(relative(paths[1]!), inode);
					if (name === 'rename') {
						this.#rename(relative(paths[0]!), undefined);
					}
				}

				return isInside;
			}

			case 'mkdir': {
				if (isInside) {
					this.#rename(relative(paths[0]!), createFolder());
				}

				return isInside;
			}

			case 'unlink': {
				if (isInside) {
					this.#rename(relative(paths[0]!), undefined);
				}

				return isInside;
			}

			case 'pwrite64': {
				throw new Error('Writing at a place is not modelled');
			}

			default: {
				return false;
			}
		}
	}

	#sync(handle: Handle | undefined): boolean {
		if (handle?.inode) {
			handle.inode.synced = handle.inode.written;
		} else if (handle?.folder === undefined) {
			return false;
		} else {
			for (const {folder, name, inode} of this.#pending) {
				if (folder === handle.folder) {
					this.#change(this.#syncedNames, name, inode);
				}
			}

			this.#pending = this.#pending.filter(({folder}) => folder !== handle.folder);
		}

		return true;
	}
}

/** What `strace -e trace=` has to record. */
export const recordedCalls = 'openat,mkdir,write,writev,pwrite64,fsync,fdatasync,link,rename,unlink';
