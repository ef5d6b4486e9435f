import {link, lstat, open, readdir, realpath, rename, unlink, type FileHandle} from 'node:fs/promises';
import type {KeyFileSystem} from '../../source/engine/crypto/key-file-system.ts';

/** What a call throws in a process that ends there. */
export class PulledPlug extends Error {}

export type FailingFilesOptions = {
	/** The call that fails, counted from 1. @default none */
	readonly failing?: number;
	/** `EIO`: that call fails, and the others work. `pulled plug`: it and all later ones fail, and change nothing. @default 'EIO' */
	readonly kind?: 'EIO' | 'pulled plug';
	/** Called before each call, with its name. */
	readonly onCall?: (name: string) => void;
};

/** Calls to the file system that really happen, but for those that shall fail; those of open files are counted with the others. */
export function createFailingFiles({failing, kind = 'EIO', onCall}: FailingFilesOptions = {}): {fileSystem: KeyFileSystem; calls: string[]} {
	const calls: string[] = [];
	const enter = (name: string): void => {
		calls.push(name);
		onCall?.(name);
		if (kind === 'pulled plug' && failing !== undefined && calls.length >= failing) {
			throw new PulledPlug(`The process has ended at ${name}`);
		}

		if (calls.length === failing) {
			throw Object.assign(new Error(`EIO: i/o error, ${name}`), {code: 'EIO'});
		}
	};

	const counted = <Parameters extends unknown[], Result>(name: string, call: (...parameters: Parameters) => Promise<Result>) => async (...parameters: Parameters): Promise<Result> => {
		try {
			enter(name);
		} catch (error) {
			// As the system does: the descriptor is gone, whatever close says.
			if (name === 'close') {
				await call(...parameters);
			}

			throw error;
		}

		return call(...parameters);
	};

	const wrapHandle = (handle: FileHandle): FileHandle => new Proxy(handle, {
		get(target, name) {
			const value: unknown = Reflect.get(target, name, target);
			return typeof value === 'function' ? counted(String(name), (value as (...parameters: unknown[]) => Promise<unknown>).bind(target)) : value;
		},
	});

	return {
		calls,
		fileSystem: {
			open: counted('open', async (...parameters: Parameters<typeof open>) => wrapHandle(await open(...parameters))),
			link: counted('link', link),
			lstat: counted('lstat', async (file: string) => lstat(file)),
			readdir: counted('readdir', async (folder: string) => readdir(folder)),
			realpath: counted('realpath', async (file: string) => realpath(file)),
			rename: counted('rename', rename),
			unlink: counted('unlink', unlink),
		},
	};
}

/** The names of the calls that `action` makes. */
export async function countCalls(action: (fileSystem: KeyFileSystem) => Promise<void>): Promise<readonly string[]> {
	const {calls, fileSystem} = createFailingFiles();
	await action(fileSystem);
	return calls;
}
