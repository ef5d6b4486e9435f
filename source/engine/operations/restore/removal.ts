import {lstatSync, readdirSync, rmdirSync, unlinkSync} from 'node:fs';
import {systemErrorCode} from '../../errors.ts';
import type {ByteString} from '../../byte-string.ts';
import {pathOfDescriptor, type GuardedFolders} from './guarded-folders.ts';
import type {Pacer} from './pacer.ts';
import type {FolderIdentity} from './target.ts';

export type RemovalOptions = {
	readonly folders: GuardedFolders;
	readonly pacer: Pacer;
	/** Never entered. */
	readonly repository: FolderIdentity | undefined;
	/** Whether an entry is to stay, and with it all directories above. */
	readonly isKept: (path: ByteString, isDirectory: boolean) => boolean;
	readonly onRemoved: () => void;
	readonly onFailure: (path: ByteString, error: unknown) => void;
};

type Step = {readonly path: ByteString; readonly isEmptied: boolean};

function split(path: ByteString): [folder: ByteString, name: ByteString] {
	const slash = path.lastIndexOf('/');
	return slash === -1 ? ['' as ByteString, path] : [path.slice(0, slash) as ByteString, path.slice(slash + 1) as ByteString];
}

/** Remove an entry and all that is below it. No link is followed, and neither other file systems that are mounted there nor the repository are entered. @throws `aborted` */
export async function removeTree(start: ByteString, options: RemovalOptions): Promise<void> {
	const {folders, repository, pacer, isKept, onRemoved, onFailure} = options;
	const stack: Step[] = [{path: start, isEmptied: false}];
	for (let step = stack.pop(); step; step = stack.pop()) {
		const {path, isEmptied} = step;
		if (pacer.isDue) {
			await pacer.pause();
		}

		const [folder, name] = split(path);
		try {
			if (isEmptied) {
				folders.forget(path);
				rmdirSync(folders.at(folder, name));
				onRemoved();
				continue;
			}

			const stats = lstatSync(folders.at(folder, name), {bigint: true, throwIfNoEntry: false});
			if (stats === undefined || isKept(path, stats.isDirectory())) {
				continue;
			}

			if (!stats.isDirectory()) {
				unlinkSync(folders.at(folder, name));
				onRemoved();
				continue;
			}

			if (stats.ino === repository?.ino && stats.dev === repository.dev) {
				throw new Error('it is the repository, which a restore does not touch');
			}

			if (stats.dev !== folders.deviceOf(folder)) {
				throw new Error('another file system is mounted there');
			}

			stack.push({path, isEmptied: true});
			for (const child of readdirSync(pathOfDescriptor(folders.open(path)), 'latin1')) {
				stack.push({path: `${path}/${child}` as ByteString, isEmptied: false});
			}
		} catch (error) {
			// What had to stay below was either wanted or has been named.
			if (!isEmptied || systemErrorCode(error) !== 'ENOTEMPTY') {
				onFailure(path, error);
			}
		}
	}
}
