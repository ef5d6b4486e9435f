import {statfsSync, type StatsFs} from 'node:fs';
import {dirname} from 'node:path';
import {systemErrorCode} from '../../errors.ts';
import type {PlannedEntry, RestorePlan} from './plan.ts';
import type {RestoreSummary} from './restore-request.ts';

/** Of the file system on which a path lies, or will lie. */
function statTarget(path: string): StatsFs {
	try {
		return statfsSync(path);
	} catch (error) {
		if (systemErrorCode(error) !== 'ENOENT' || dirname(path) === path) {
			throw error;
		}

		return statTarget(dirname(path));
	}
}

/** What a plan needs of the target's file system, and what that has; nothing where it does not tell. @param target - Absolute; it need not exist. */
export function measureSpace(target: string, {folders, entries}: RestorePlan): Pick<RestoreSummary, 'neededBytes' | 'freeBytes'> {
	try {
		const {bsize, bavail} = statTarget(target);
		const blocksOf = ({node, action}: PlannedEntry): number => action === 'create' || action === 'replace' ? Math.ceil((node.size ?? 0) / bsize) : 0;
		const blocks = entries.reduce((sum, entry) => sum + blocksOf(entry), folders.filter(({existing}) => existing !== 'folder').length);
		return {neededBytes: blocks * bsize, freeBytes: bavail * bsize};
	} catch {
		return {};
	}
}
