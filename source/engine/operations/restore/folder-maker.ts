import {mkdirSync, unlinkSync} from 'node:fs';
import {systemErrorCode} from '../../errors.ts';
import {pathOfDescriptor, type GuardedFolders} from './guarded-folders.ts';
import type {PlannedFolder} from './plan.ts';
import {setNamedMetadata} from './restored-metadata.ts';
import {snapshotPath, type RestoreReport} from './restore-report.ts';
import type {OverwritePolicy} from './restore-request.ts';
import {assertTargetUsable, describeFailure} from './system-failure.ts';

export type FolderMakerOptions = {
	/** Every one after its parent. */
	readonly planned: readonly PlannedFolder[];
	readonly folders: GuardedFolders;
	readonly policy: OverwritePolicy;
	readonly hasOwnership: boolean;
	readonly report: RestoreReport;
	/** For messages. */
	readonly targetPath: string;
	/** Called after each directory. */
	readonly pause: () => Promise<void>;
};

/** Makes directories so that nobody else can enter them, and gives them their metadata when all is in them. */
export class FolderMaker {
	readonly #options: FolderMakerOptions;
	readonly #made = new Set<PlannedFolder>();
	readonly #blocked = new Set<PlannedFolder>();

	constructor(options: FolderMakerOptions) {
		this.#options = options;
	}

	/** Whether a directory could not be made or entered, so that nothing can be put into it. */
	isBlocked(folder: PlannedFolder): boolean {
		return this.#blocked.has(folder);
	}

	/** Make or enter all directories; those that cannot be are reported. @throws `aborted`, `target-unusable` */
	async makeAll(): Promise<void> {
		const {planned, report, targetPath, pause} = this.#options;
		for (const folder of planned) {
			if (folder.parent && this.#blocked.has(folder.parent)) {
				this.#blocked.add(folder);
				continue;
			}

			try {
				this.#make(folder);
			} catch (error) {
				assertTargetUsable(error, targetPath);
				this.#blocked.add(folder);
				report.fail(snapshotPath(folder.path), `the directory could not be made, and nothing below it was restored: ${describeFailure(error)}`);
			}

			await pause();
		}
	}

	/** Put the metadata on all directories, after what is below them. @throws `aborted`, `target-unusable` */
	async finishAll(): Promise<void> {
		const {planned, report, targetPath, pause} = this.#options;
		for (const folder of planned.toReversed()) {
			if (this.#isToFinish(folder)) {
				try {
					this.#finish(folder);
				} catch (error) {
					assertTargetUsable(error, targetPath);
					report.warn(snapshotPath(folder.path), `the metadata of the directory could not be set: ${describeFailure(error)}`);
				}
			}

			await pause();
		}
	}

	/** After a failure: no directory that was made stays shut. Never fails. */
	finishMade(): void {
		for (const folder of this.#options.planned.toReversed().filter(other => this.#made.has(other))) {
			try {
				this.#finish(folder);
			} catch {}
		}
	}

	#make(folder: PlannedFolder): void {
		const {folders} = this.#options;
		if (folder.existing !== 'folder') {
			const path = folders.at(folder.parent!.path, folder.node!.name);
			if (folder.existing === 'other') {
				unlinkSync(path);
			}

			try {
				mkdirSync(path, 0o700);
				this.#made.add(folder);
			} catch (error) {
				if (systemErrorCode(error) !== 'EEXIST') {
					throw error;
				}
			}
		}

		folders.open(folder.path);
	}

	#isToFinish(folder: PlannedFolder): boolean {
		if (folder.node === undefined || this.#blocked.has(folder)) {
			return false;
		}

		return this.#made.has(folder) || (this.#options.policy !== 'never' && folder.isSelected && !folder.node.isAncestor);
	}

	#finish(folder: PlannedFolder): void {
		const {folders, hasOwnership, report} = this.#options;
		const descriptor = folders.open(folder.path);
		setNamedMetadata(descriptor, pathOfDescriptor(descriptor), folder.node!, {
			hasOwnership,
			warn(message) {
				report.warn(snapshotPath(folder.path), message);
			},
		});
	}
}
