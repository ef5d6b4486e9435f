import type {ByteString} from '../../byte-string.ts';
import type {ExistingEntry} from './decision.ts';
import {snapshotPath, type RestoreReport} from './restore-report.ts';
import type {OverwritePolicy} from './restore-request.ts';
import type {FolderIdentity} from './target.ts';

/** Something that stands where a directory belongs, and has to stay. It is reported once, when something below that directory is wanted. */
export type Obstacle = {
	readonly path: string;
	readonly message: string;
	isReported: boolean;
};

/** @param path - Of the directory, in the snapshot. */
export function findObstacle(path: ByteString, existing: ExistingEntry | undefined, policy: OverwritePolicy, repository: FolderIdentity | undefined): Obstacle | undefined {
	if (existing === undefined) {
		return undefined;
	}

	const obstacle = (message: string): Obstacle => ({path: snapshotPath(path), message, isReported: false});
	if (existing.stats.ino === repository?.ino && existing.stats.dev === repository.dev) {
		return obstacle('this is the repository itself, which a restore does not touch. Restore it to another --target.');
	}

	if (existing.type === 'directory' || policy === 'always') {
		return undefined;
	}

	return obstacle(existing.type === 'symlink'
		? 'a symbolic link stands where a directory belongs, and links below the target are not followed; --overwrite always replaces it. Nothing below it was restored.'
		: 'something else stands where a directory belongs; --overwrite always replaces it. Nothing below it was restored.');
}

export function reportObstacle(obstacle: Obstacle, report: RestoreReport): void {
	if (!obstacle.isReported) {
		obstacle.isReported = true;
		report.fail(obstacle.path, obstacle.message);
	}
}
