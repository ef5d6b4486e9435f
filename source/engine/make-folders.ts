import {mkdirSync, statSync} from 'node:fs';
import path from 'node:path';
import {systemErrorCode} from './errors.ts';

/**
Make a folder and those above it; an existing one is left as it is. Unlike `mkdirSync` with `recursive`, which tries for ever in a file system where nothing can be made (/proc), this fails there.
@param mode - Of each that is made. @default 0o700
@throws what the system throws
*/
export function makeFolders(folder: string, mode = 0o700): void {
	const make = () => {
		try {
			mkdirSync(folder, {mode});
		} catch (error) {
			if (systemErrorCode(error) !== 'EEXIST' || !statSync(folder).isDirectory()) {
				throw error;
			}
		}
	};

	try {
		make();
	} catch (error) {
		if (systemErrorCode(error) !== 'ENOENT' || path.dirname(folder) === folder) {
			throw error;
		}

		makeFolders(path.dirname(folder), mode);
		make();
	}
}
