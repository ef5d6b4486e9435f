import type {FileOutcome} from './file-writer.ts';
import type {FolderMaker} from './folder-maker.ts';
import {pathIn, type PlannedEntry} from './plan.ts';
import type {RestoreControl} from './restore-control.ts';
import {snapshotPath, type RestoreReport} from './restore-report.ts';

/** Keeps account of what became of each entry. */
export class Outcomes {
	readonly #report: RestoreReport;
	readonly #control: RestoreControl;
	readonly #folderMaker: FolderMaker;
	readonly #failed = new Map<PlannedEntry, FileOutcome>();

	constructor(report: RestoreReport, control: RestoreControl, folderMaker: FolderMaker) {
		this.#report = report;
		this.#control = control;
		this.#folderMaker = folderMaker;
	}

	failureOf(entry: PlannedEntry): FileOutcome | undefined {
		return this.#failed.get(entry);
	}

	/** Whether an entry can be made; where its directory cannot, it has failed. */
	isPossible(entry: PlannedEntry): boolean {
		if (!this.#failed.has(entry) && this.#folderMaker.isBlocked(entry.folder)) {
			this.fail(entry, {result: 'failed', message: 'its directory could not be made.'});
		}

		return !this.#failed.has(entry);
	}

	/** An entry failed before anything was tried. */
	fail(entry: PlannedEntry, outcome: FileOutcome): void {
		this.settle(entry, outcome);
		this.#control.countFile();
	}

	/** An entry has to be left out, for a reason that is no loss. */
	skip(entry: PlannedEntry, message: string): void {
		this.#failed.set(entry, {result: 'failed', message});
		this.#report.skip(snapshotPath(pathIn(entry.folder, entry.node.name)), message);
		this.#control.countFile();
	}

	settle(entry: PlannedEntry, outcome: FileOutcome): void {
		const path = snapshotPath(pathIn(entry.folder, entry.node.name));
		for (const warning of outcome.warnings ?? []) {
			this.#report.warn(path, warning);
		}

		switch (outcome.result) {
			case 'restored': {
				this.#report.restored++;
				this.#report.bytes += entry.node.size ?? 0;
				break;
			}

			case 'identical': {
				this.#report.skipped++;
				break;
			}

			case 'failed': {
				this.#failed.set(entry, outcome);
				this.#report.fail(path, outcome.message ?? 'the reason is unknown.');
				break;
			}
		}
	}
}
