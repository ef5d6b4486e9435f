import type {EventListener} from '../../events.ts';
import type {PackId, SnapshotId} from '../../ids.ts';
import type {RepositorySession, StoredSnapshot} from '../../repository/repository.ts';
import {ProgressReporter} from '../progress.ts';
import {sizeText} from '../../size-text.ts';
import type {PackReport} from './check-pack.ts';
import {assertDataShare, type DataShare, type SizedPack} from './choose-packs.ts';
import {findImpact} from './impact.ts';
import {inspect, type Inspection} from './inspection.ts';
import {addReports, blameIndex, dropRemoved, noteOrphans, type PackReports} from './pack-findings.ts';
import {planPacks, type PackPlan} from './plan-packs.ts';
import type {VerifyProblem} from './problem.ts';
import {readPacks} from './read-packs.ts';
import {shortText} from './wording.ts';

export type {DataShare} from './choose-packs.ts';
export type {ProblemKind, VerifyProblem} from './problem.ts';

export type VerifyRequest = {
	/** The snapshots whose trees and files are verified; all other objects are checked in any case. @default all */
	readonly snapshots?: readonly StoredSnapshot[];
	/** How many of the packs with file contents are read whole, decrypted and hashed. Packs with trees always are. @default none */
	readonly readData?: DataShare;
};

export type VerifySummary = {
	/** Every object in the storage is accounted for. */
	readonly checkedObjects: number;
	/** Bytes of objects that were read and checked. */
	readonly checkedBytes: number;
	/** Empty: nothing is wrong with what was checked. */
	readonly problems: VerifyProblem[];
	/** What is worth knowing besides, in sentences. */
	readonly notes: string[];
	readonly durationMs: number;
	/** Those whose trees and files were verified. */
	readonly snapshots: SnapshotId[];
	/** Whether all that was asked for could be checked; not with a key that cannot decrypt. */
	readonly isComplete: boolean;
	/** Where file contents were asked for: which share of them was read, by bytes, and which part of how many. */
	readonly dataRead?: {readonly share: number; readonly part?: number; readonly parts?: number};
};

export type VerifyOptions = {
	readonly signal?: AbortSignal;
	readonly onEvent?: EventListener;
	/** Worker threads for much work. @default as many as there are processors for this process, at most 8 */
	readonly threads?: number;
};

function sumBytes(objects: ReadonlyArray<{readonly sizeBytes: number}>): number {
	return objects.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0);
}

function noteLimits({findings, contents}: Inspection, {keyring}: RepositorySession, {unread}: PackPlan): void {
	if (unread.length > 0) {
		findings.note(`${shortText.packs(unread.length)} (${sizeText(sumBytes(unread))}) with file contents were not read; only their presence and size were checked.`);
	}

	if (contents === undefined) {
		findings.note(`A key with the role "${keyring.role}" cannot read the contents of backups: packs were at most compared with their SHA-256, and which files a damaged one hits is not known. Verify with an owner's key for the rest.`);
	}
}

/**
Verify a repository, from the storage itself and never from a cache: every object is accounted for, everything but file contents is read and checked, and of the contents as much as is asked for.
Damage never throws: it becomes a problem that names the object and what it hits.

@throws RangeError for a share of the data that is none; `aborted`; `key-wrong` when the key was replaced meanwhile; `format-unsupported` for an intact object of a later version; what the storage throws
*/
export async function verify(session: RepositorySession, {snapshots: requested, readData}: VerifyRequest, {signal, onEvent, threads}: VerifyOptions = {}): Promise<VerifySummary> {
	assertDataShare(readData);
	const {runtime} = session;
	const startMs = runtime.monotonicMs();
	const progress = new ProgressReporter(runtime, onEvent, 'checking');
	progress.enter('checking', {files: 0, bytes: 0});

	const inspection = await inspect(session, requested, signal);
	const {findings, index, listing, snapshots, contents} = inspection;
	const plan = planPacks(session, inspection, requested !== undefined, readData);
	const metadataBytes = sumBytes(listing.filter(({name}) => !name.startsWith('packs/')));
	let files = listing.length - plan.packs.length;
	let bytes = metadataBytes;
	let replaced: readonly SizedPack[] = [];
	const counts = () => ({files, bytes, totalFiles: listing.length + replaced.length, totalBytes: metadataBytes + sumBytes(plan.packs) + sumBytes(replaced)});
	progress.enter('checking', counts());

	const reports: PackReports = new Map();
	const read = new Set<PackId>();
	const onReport = ({id}: SizedPack, report: PackReport) => {
		read.add(id);
		files++;
		bytes += report.readBytes;
		progress.update(counts);
		if (report.flaws.length > 0 || report.baseFlaws.length > 0) {
			reports.set(id, report);
		}
	};

	for (let {packs} = plan; packs.length > 0;) {
		await readPacks(session, packs, index, {canDecrypt: contents !== undefined, signal, threads, onReport});
		// What has taken the place of a pack meanwhile is read instead of it.
		const replacements = await dropRemoved(session, index, reports);
		packs = replacements.filter(({id}) => !read.has(id));
		replaced = [...replaced, ...packs];
	}

	addReports(inspection, reports);
	blameIndex(inspection);
	noteOrphans(inspection);
	noteLimits(inspection, session, plan);
	if (contents && !contents.blame.isEmpty) {
		await findImpact(snapshots, contents.blame, contents.walk);
	}

	return {
		checkedObjects: listing.length,
		checkedBytes: bytes,
		problems: [...findings.all].map(finding => finding.toProblem(contents !== undefined)),
		notes: findings.notes,
		durationMs: Math.round(runtime.monotonicMs() - startMs),
		snapshots: contents ? snapshots.map(({id}) => id) : [],
		isComplete: contents !== undefined,
		...(readData !== undefined && {dataRead: {share: plan.dataShare, ...(typeof readData === 'object' && 'parts' in readData && readData)}}),
	};
}
