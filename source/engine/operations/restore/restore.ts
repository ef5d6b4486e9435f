import process from 'node:process';
import {CofferError, isCofferError, throwIfAborted} from '../../errors.ts';
import type {EventListener} from '../../events.ts';
import type {BlobId} from '../../ids.ts';
import {LoadedIndex, type RepositorySession} from '../../repository/repository.ts';
import {ProgressReporter} from '../progress.ts';
import {requireReader} from '../abilities.ts';
import {createBlobReader} from '../reading.ts';
import {Execution} from './execution.ts';
import {GuardedFolders} from './guarded-folders.ts';
import {requirePlace} from './original-place.ts';
import {Pacer} from './pacer.ts';
import {pathIn, type PlannedEntry, type RestorePlan} from './plan.ts';
import {Planner} from './planner.ts';
import {Preview} from './preview.ts';
import {rebuildRepositories} from './rebuild-repositories.ts';
import {RestoreReport, snapshotPath} from './restore-report.ts';
import type {PlannedCounts, RestoreRequest, RestoreSummary} from './restore-request.ts';
import {Selection} from './selection.ts';
import {openTarget, type Target} from './target.ts';
import {measureSpace} from './target-space.ts';
import {TreeSource} from './tree-source.ts';

export {overwritePolicies, type OverwritePolicy, type PlannedCounts, type PreviewAction, type PreviewEntry, type RestoreMark, type RestoreProblem, type RestoreRequest, type RestoreSummary} from './restore-request.ts';

export type RestoreOptions = {
	readonly signal?: AbortSignal;
	readonly onEvent?: EventListener;
	/** Worker threads for much work. @default as many as there are processors for this process, at most 8 */
	readonly threads?: number;
};

const maximumOpen = 24;

function countPlan(plan: RestorePlan): PlannedCounts {
	const entries = [...plan.entries, ...plan.linkGroups.flatMap(group => group.others)];
	const count = (action: PlannedEntry['action']): number => entries.filter(entry => entry.action === action).length;
	return {
		folders: plan.folders.filter(folder => folder.existing !== 'folder').length,
		foldersReplacing: plan.folders.filter(folder => folder.existing === 'other').length,
		create: count('create'),
		replace: count('replace'),
		compare: count('compare'),
		beside: plan.beside,
		identical: plan.identical,
		kept: plan.kept,
		delete: plan.deletions.length,
	};
}

/** Find the chunks of all files, and take those out of the plan that have lost any. Further names of a link group get theirs too: should the first fail, another one carries the content. */
async function findContents(plan: RestorePlan, source: TreeSource, report: RestoreReport, pacer: Pacer): Promise<{plan: RestorePlan; contents: Map<PlannedEntry, readonly BlobId[]>}> {
	const contents = new Map<PlannedEntry, readonly BlobId[]>();
	const readContent = async (entry: PlannedEntry): Promise<readonly BlobId[] | undefined> => {
		const found = await source.readContent(entry.node);
		if ('content' in found) {
			return found.content;
		}

		report.fail(snapshotPath(pathIn(entry.folder, entry.node.name)), found.loss);
		return undefined;
	};

	const filter = async (entries: readonly PlannedEntry[]): Promise<PlannedEntry[]> => {
		const kept: PlannedEntry[] = [];
		for (const entry of entries) {
			if (entry.node.type === 'file') {
				const content = source.contentAtHand(entry.node) ?? await readContent(entry);
				if (content) {
					contents.set(entry, content);
					kept.push(entry);
				}
			} else {
				kept.push(entry);
			}

			if (pacer.isDue) {
				await pacer.pause();
			}
		}

		return kept;
	};

	const entries = await filter(plan.entries);
	const linkGroups: Array<RestorePlan['linkGroups'][number]> = [];
	for (const group of plan.linkGroups) {
		const others = await filter(group.others);
		const {first} = group;
		if (first.node.type === 'file' && first.action !== 'identical' && !contents.has(first)) {
			entries.push(...others);
		} else {
			linkGroups.push({first, others});
		}
	}

	return {plan: {...plan, entries, linkGroups}, contents};
}

/**
Bring a snapshot, or part of it, back into a directory. What cannot be restored is named in the summary, and everything else goes on.
Nothing is ever written outside the target: below it no symbolic link is followed, whoever put it there and when.
@throws `usage`, `target-unusable` (also when its file system is full or read-only), `key-role`, `aborted`; what the storage throws
*/
export async function restore(session: RepositorySession, request: RestoreRequest, {signal, onEvent, threads}: RestoreOptions = {}): Promise<RestoreSummary> {
	const {runtime} = session;
	const start = runtime.monotonicMs();
	throwIfAborted(signal);
	requireReader(session.keyring);
	requirePlace(request.snapshot, request.target);
	const selection = new Selection(request);
	const target = openTarget(request.target, session.storage.url, request.isDryRun ?? false);
	try {
		return await restoreInto(target, {session, request, selection, signal, onEvent, threads, start});
	} catch (error) {
		throw signal?.aborted && isCofferError(error, 'aborted')
			? new CofferError('aborted', 'The restore was interrupted. What is finished stays; start it again with --overwrite if-changed to go on.', {cause: error})
			: error;
	} finally {
		target.close();
	}
}

type Restoration = {
	readonly session: RepositorySession;
	readonly request: RestoreRequest;
	readonly selection: Selection;
	readonly signal: AbortSignal | undefined;
	readonly onEvent: EventListener | undefined;
	readonly threads: number | undefined;
	readonly start: number;
};

async function restoreInto(target: Target, {session, request, selection, signal, onEvent, threads, start}: Restoration): Promise<RestoreSummary> {
	const {runtime} = session;
	const isRoot = process.getuid?.() === 0;
	const report = new RestoreReport(onEvent);
	const progress = new ProgressReporter(runtime, onEvent, 'planning');
	const pacer = new Pacer(runtime, signal);
	progress.enter('planning', {files: 0, bytes: 0});
	const index = await LoadedIndex.load(session, {...(signal && {signal})});
	const blobs = createBlobReader(session, index);
	const source = new TreeSource(index, blobs);
	const preview = request.isDryRun && request.previewLimit !== undefined ? new Preview(request.previewLimit) : undefined;
	const folders = target.descriptor === undefined ? undefined : new GuardedFolders(target.descriptor, maximumOpen);
	try {
		const planner = new Planner({
			request, selection, source, folders, report, pacer, isRoot, preview,
			repository: target.repository,
			onProgress(files) {
				progress.update(() => ({files, bytes: 0}));
			},
		});
		const {plan, contents} = await findContents(await planner.plan(), source, report, pacer);
		const planned = countPlan(plan);
		const summarize = (done: Pick<RestoreSummary, 'restored' | 'bytes' | 'deleted'>): RestoreSummary => ({
			...done, planned, problems: report.problems, skipped: report.skipped, failed: report.failed, durationMs: Math.round(runtime.monotonicMs() - start),
		});
		if (request.isDryRun || !folders) {
			const bytes = plan.entries.reduce((sum, {node, action}) => sum + (action === 'compare' ? 0 : (node.size ?? 0)), 0);
			preview?.addPlan(plan);
			return {
				...summarize({restored: planned.create + planned.replace, bytes, deleted: planned.delete}),
				...measureSpace(target.path, plan),
				...(preview && {preview: preview.entries}),
			};
		}

		const execution = new Execution({
			session, index, blobs, request, selection, plan, contents, folders, report, progress, pacer, signal, threads,
			target: {...target, descriptor: target.descriptor!},
			hasOwnership: request.withOwnership ?? isRoot,
		});
		await execution.run();
		await rebuildRepositories({plan, source, folders, request, report, context: {runtime, signal, log: () => undefined}});
		return summarize({restored: report.restored, bytes: report.bytes, deleted: report.deleted});
	} finally {
		folders?.close();
	}
}
