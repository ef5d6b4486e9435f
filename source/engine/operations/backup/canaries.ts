import {createHash} from 'node:crypto';
import {Buffer} from 'node:buffer';
import {closeSync, fstatSync, readSync} from 'node:fs';
import {fromText} from '../../byte-string.ts';
import {systemErrorCode} from '../../errors.ts';
import type {Canary, CanaryIncident, CanaryState} from '../../incident.ts';
import {openFile} from './store-file.ts';

/** More is not read of a canary: what comes behind does not count. */
export const maximumCanaryBytes = 16 * 1024 * 1024;
const pieceBytes = 64 * 1024;

function hashFile(descriptor: number): string | undefined {
	if (!fstatSync(descriptor).isFile()) {
		return undefined;
	}

	const hash = createHash('sha256');
	const piece = Buffer.alloc(pieceBytes);
	for (let total = 0; total < maximumCanaryBytes;) {
		const count = readSync(descriptor, piece, 0, Math.min(pieceBytes, maximumCanaryBytes - total), null);
		if (count === 0) {
			break;
		}

		hash.update(piece.subarray(0, count));
		total += count;
	}

	return hash.digest('hex');
}

/** What the canary file holds now, or why that cannot be said. */
function readCanary(path: string): {readonly sha256: string} | {readonly state: CanaryState} {
	try {
		const descriptor = openFile(fromText(path));
		try {
			const sha256 = hashFile(descriptor);
			return sha256 === undefined ? {state: 'changed'} : {sha256};
		} finally {
			closeSync(descriptor);
		}
	} catch (error) {
		const code = systemErrorCode(error);
		if (code === undefined) {
			throw error;
		}

		// ELOOP: a symbolic link stands there instead.
		return {state: code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : (code === 'ELOOP' ? 'changed' : 'unreadable')};
	}
}

/**
Look whether canary files still hold what they held when they were first read.
@param paths - Absolute.
@param known - As the previous snapshot of the source has them.
@param time - Of this backup.
*/
export function checkCanaries(paths: readonly string[], known: readonly Canary[], time: string): {readonly canaries: readonly Canary[]; readonly incidents: readonly CanaryIncident[]} {
	const incidents: CanaryIncident[] = [];
	const canaries = paths.map((path): Canary => {
		const expected = known.find(canary => canary.path === path)?.sha256;
		const found = readCanary(path);
		const state = 'state' in found ? found.state : (expected === undefined || found.sha256 === expected ? undefined : 'changed');
		if (state !== undefined) {
			incidents.push({kind: 'canary', time, path, state});
		}

		const sha256 = expected ?? ('sha256' in found ? found.sha256 : undefined);
		return {path, ...(sha256 !== undefined && {sha256})};
	});
	return {canaries, incidents};
}
