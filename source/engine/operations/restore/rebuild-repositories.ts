import {closeSync} from 'node:fs';
import {joinPath, toDisplayText, fromText} from '../../byte-string.ts';
import {errorText, throwIfAborted} from '../../errors.ts';
import type {ProgramContext} from '../../programs/program-call.ts';
import {bundleName} from '../../sources/git/bundle-format.ts';
import {rebuildRepository} from '../../sources/git/rebuild-repository.ts';
import type {TreeNode} from '../../tree-node.ts';
import {lookAt, type ExistingEntry} from './decision.ts';
import {pathOfDescriptor, type GuardedFolders} from './guarded-folders.ts';
import {pathIn, type PlannedFolder, type RestorePlan} from './plan.ts';
import {snapshotPath, type RestoreReport} from './restore-report.ts';
import type {RestoreRequest} from './restore-request.ts';
import type {TreeSource} from './tree-source.ts';

export type RepositoriesToRebuild = {
	readonly plan: RestorePlan;
	readonly source: TreeSource;
	readonly folders: GuardedFolders;
	readonly request: RestoreRequest;
	readonly report: RestoreReport;
	readonly context: ProgramContext;
};

/** Whether the folder now has the bundle that the snapshot has in it, and a HEAD: where only a part was asked for, files are what was wanted. */
async function hasBundle(folder: PlannedFolder, {source, folders}: RepositoriesToRebuild): Promise<boolean> {
	const inTarget = (name: TreeNode['name']): ExistingEntry | undefined => {
		try {
			return lookAt(folders.at(folder.path, name));
		} catch {
			// The folder could not be made, which has been told.
			return undefined;
		}
	};

	const found = inTarget(bundleName);
	if (found?.type !== 'file' || inTarget(fromText('HEAD')) === undefined) {
		return false;
	}

	const {nodes} = await source.readFolder(folder.node?.tree ?? []);
	const stored = nodes.find(({name, type}) => name === bundleName && type === 'file');
	return stored?.size !== undefined && BigInt(stored.size) === found.stats.size;
}

/**
The last step of restoring a snapshot of git repositories: each folder that has got its bundle becomes a repository again. Where that fails, the bundle stays and a problem says so.
@throws `aborted`; what the storage throws that may pass
*/
export async function rebuildRepositories(options: RepositoriesToRebuild): Promise<void> {
	const {plan, folders, request, report, context} = options;
	for (const folder of request.snapshot.kind === 'git' ? plan.folders : []) {
		if (!await hasBundle(folder, options)) {
			continue;
		}

		const descriptor = folders.duplicate(folder.path);
		try {
			await rebuildRepository({
				folder: pathOfDescriptor(descriptor),
				path: toDisplayText(joinPath(fromText(request.target), folder.path)),
				mayReplace: request.overwrite === 'always',
			}, context);
		} catch (error) {
			throwIfAborted(context.signal);
			report.fail(snapshotPath(pathIn(folder, bundleName)), errorText(error));
		} finally {
			closeSync(descriptor);
		}
	}
}
