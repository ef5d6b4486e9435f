import {homedir} from 'node:os';
import path from 'node:path';
import process from 'node:process';

/**
The folder where Node may keep compiled code between runs. Node's own default lies in the shared temporary folder, where another user could put code first;
this one always lies where only the calling user writes.
*/
export function compileCacheFolder(): string {
	const {CACHE_DIRECTORY: ofSystemd, XDG_CACHE_HOME: ofDesktop} = process.env;
	if (ofSystemd) {
		return path.join(ofSystemd.split(':')[0] ?? '', 'compiled');
	}

	if (ofDesktop) {
		return path.join(ofDesktop, 'coffer', 'compiled');
	}

	return process.getuid?.() === 0 ? '/var/cache/coffer/compiled' : path.join(homedir(), '.cache', 'coffer', 'compiled');
}
