import type {restoreArchive as restore} from './restore-archive.ts';
import type {verifyArchive as verify} from './verify-archive.ts';

/** See `verifyArchive` of verify-archive.ts, which is loaded now. */
export const verifyArchive: typeof verify = async (...parameters) => {
	const module = await import('./verify-archive.ts');
	return module.verifyArchive(...parameters);
};

/** See `restoreArchive` of restore-archive.ts, which is loaded now. */
export const restoreArchive: typeof restore = async (...parameters) => {
	const module = await import('./restore-archive.ts');
	return module.restoreArchive(...parameters);
};
