import {getSystemErrorMessage} from 'node:util';
import {CofferError, errorText, systemErrorCode} from '../../errors.ts';

const explanations: Readonly<Record<string, string>> = {
	EEXIST: 'something of that name has appeared meanwhile and was left as it is',
	ENOTDIR: 'a folder on the way is a symbolic link or no folder; links below the target are never followed',
	ELOOP: 'a folder on the way is a symbolic link; links below the target are never followed',
	ENOTEMPTY: 'a folder that is not empty stands there; --delete allows to remove it',
	EISDIR: 'a directory stands in its place, and could not be removed',
	ENAMETOOLONG: 'the name is longer than the file system of the target allows',
};

/** What went wrong with an entry, for people; without the path that the system call was given, which means nothing to them. */
export function describeFailure(error: unknown): string {
	const code = systemErrorCode(error);
	if (code === undefined) {
		return errorText(error);
	}

	const {errno} = error as NodeJS.ErrnoException;
	return `${explanations[code] ?? (errno === undefined ? 'the system refused it' : getSystemErrorMessage(errno))} (${code})`;
}

/** Pass over an error of one entry, unless nothing more can be written to the target at all. @throws `target-unusable` */
export function assertTargetUsable(error: unknown, targetPath: string): void {
	const code = systemErrorCode(error);
	if (code === 'ENOSPC' || code === 'EDQUOT') {
		throw new CofferError('target-unusable', `There is no space left for the restore in ${targetPath}. What is finished stays; make room, then start it again with --overwrite if-changed to go on.`, {context: {target: targetPath}, cause: error});
	}

	if (code === 'EROFS') {
		throw new CofferError('target-unusable', `The restore cannot write in ${targetPath}: its file system is read-only. Mount it writable, or name another --target.`, {context: {target: targetPath}, cause: error});
	}
}
