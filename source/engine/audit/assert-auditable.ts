import path from 'node:path';
import {closeSync, fsyncSync, openSync, unlinkSync, writeSync} from 'node:fs';
import {CofferError, errorText} from '../errors.ts';
import {makeFolders} from '../make-folders.ts';
import type {Runtime} from '../runtime.ts';

/**
See that an audit log can be begun here, before there is a repository whose key it needs.
@param stateFolder - Absolute.
@throws `audit-failed`
*/
export function assertAuditable(stateFolder: string, {randomBytes}: Pick<Runtime, 'randomBytes'>): void {
	const folder = path.join(stateFolder, 'audit');
	const probe = path.join(folder, `probe-${randomBytes(8).toString('hex')}`);
	try {
		makeFolders(folder);
		const descriptor = openSync(probe, 'wx', 0o600);
		try {
			writeSync(descriptor, 'probe\n');
			fsyncSync(descriptor);
		} finally {
			closeSync(descriptor);
			unlinkSync(probe);
		}
	} catch (error) {
		throw new CofferError('audit-failed', `An audit log cannot be written in ${folder}: ${errorText(error)}. See to that folder, or name another state folder (COFFER_STATE_DIRECTORY). Nothing was done: what cannot be noted there is not done.`, {context: {folder}, cause: error});
	}
}
