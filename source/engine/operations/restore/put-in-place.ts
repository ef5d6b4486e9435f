import {linkSync, lstatSync, renameSync, unlinkSync} from 'node:fs';
import {systemErrorCode} from '../../errors.ts';

type SystemPath = string | Buffer;

const withoutHardLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
Give a finished file its name.
@param isReplacing - Whether another file of that name goes. Otherwise an entry that has taken the name meanwhile stays.
@throws `EEXIST` and other system errors; the temporary file is then still there
*/
export function putInPlace(temporary: SystemPath, final: SystemPath, isReplacing: boolean): void {
	if (isReplacing) {
		renameSync(temporary, final);
		return;
	}

	try {
		// link(2) is the one call that names a file and never replaces another.
		linkSync(temporary, final);
	} catch (error) {
		if (!withoutHardLinks.has(systemErrorCode(error) ?? '')) {
			throw error;
		}

		if (lstatSync(final, {throwIfNoEntry: false}) !== undefined) {
			throw Object.assign(new Error('The name is taken'), {code: 'EEXIST', errno: -17});
		}

		renameSync(temporary, final);
		return;
	}

	unlinkSync(temporary);
}

/** Remove a temporary file that is not wanted any more. Never fails. */
export function removeQuietly(path: SystemPath): void {
	try {
		unlinkSync(path);
	} catch {}
}
