import {Buffer} from 'node:buffer';
import type {BlobId, PackId} from '../../ids.ts';
import {packName, type RepositorySession} from '../../repository/repository.ts';
import {sizeText} from '../../size-text.ts';
import type {PackReport} from './check-pack.ts';
import type {SizedPack} from './choose-packs.ts';
import type {Inspection} from './inspection.ts';
import type {StoredIndex} from './stored-index.ts';
import {shortText} from './wording.ts';

/** Reports of packs that are not as they should be. */
export type PackReports = Map<PackId, PackReport>;

/**
Packs that were there before and are no longer: those that somebody has dropped from the index meanwhile are rightly gone.
@returns The packs that hold now what those held, where any do.
@throws What the storage throws
*/
export async function dropRemoved({storage}: RepositorySession, {loaded, contents}: StoredIndex, reports: PackReports): Promise<SizedPack[]> {
	const replacements = new Set<number>();
	for (const [id, {isMissing, isLost}] of reports) {
		// It may also have gone while it was read, with its data key.
		if (!isMissing && !(isLost && await storage.size(packName(id)) === undefined)) {
			continue;
		}

		await loaded.lookAgain();
		if (loaded.isNamed(id)) {
			continue;
		}

		reports.delete(id);
		const ids = contents.get(id)?.ids ?? new Uint8Array();
		for (let at = 0; at < ids.byteLength; at += 32) {
			const pack = loaded.locate(ids.subarray(at, at + 32))?.pack;
			if (pack !== undefined) {
				replacements.add(pack);
			}
		}
	}

	return [...replacements].map(number => loaded.packs[number]!);
}

/** Make problems of reports, and blame them for the parts that cannot be read. */
export function addReports({findings, index, contents}: Inspection, reports: PackReports): void {
	const numbers = new Map(index.loaded.packs.map(({id}, number) => [id, number]));
	for (const [id, report] of reports) {
		for (const flaw of report.flaws) {
			findings.add('pack', packName(id), flaw);
		}

		for (const {base, object, message} of report.baseFlaws) {
			if (object === undefined) {
				contents?.blame.addMissing(base);
			} else {
				contents?.blame.addBlob(base, findings.find(object) ?? findings.add('pack', object, message));
			}
		}

		const finding = findings.find(packName(id));
		const number = numbers.get(id);
		if (finding === undefined || number === undefined || contents === undefined) {
			continue;
		}

		const {blame, walk: {reader}} = contents;
		if (report.isLost) {
			blame.addPack(number, [finding]);
		}

		const ids = Buffer.from(report.lostIds);
		for (let at = 0; at < ids.byteLength; at += 32) {
			const blob = ids.toString('hex', at, at + 32) as BlobId;
			// Of a blob that lies in two packs only one copy is ever read.
			if (reader.locate(blob)?.pack === number) {
				blame.addBlob(blob, finding);
			}
		}
	}
}

/** Parts that are known only by packs' own tables point to an index object that is damaged, or lost. */
export function blameIndex({findings, index, contents}: Inspection): void {
	if (contents === undefined) {
		return;
	}

	const damage = contents.trees.hasRecovered && index.damage.length === 0
		? [findings.add('index', 'index', 'An index object is missing: packs that snapshots need are named by none.')]
		: index.damage;
	for (const [number, {id}] of index.loaded.packs.entries()) {
		if (damage.length > 0 && !index.contents.has(id)) {
			contents.blame.addPack(number, damage);
		}
	}
}

/** Note the packs that belong to no finished run. */
export function noteOrphans({findings, index, packs, contents}: Inspection): void {
	const needed = new Set([...(contents?.trees.neededPacks ?? [])].map(number => index.loaded.packs[number]!.id));
	const orphans = [...packs.sizes].filter(([id]) => !index.contents.has(id) && !needed.has(id));
	// Without the whole index, or without knowing what is needed, they may be anybody's.
	if (orphans.length > 0 && index.damage.length === 0) {
		const bytes = orphans.reduce((sum, [, sizeBytes]) => sum + sizeBytes, 0);
		findings.note(`No index names ${shortText.packs(orphans.length)} (${sizeText(bytes)}): left behind by a run that was interrupted, or of one that is still writing. No snapshot that was verified needs them; a prune removes them.`);
	}
}
