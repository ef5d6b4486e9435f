import type {RepositoryId, SnapshotId} from '../ids.ts';
import type {StateConnection} from './connection.ts';
import {addDataRead, type DataRead} from './data-reads.ts';
import {addVerifyRun, readVerifications, removeVerification, setVerification, type VerifyRun} from './verifications.ts';

/** What a verification tells of the snapshots. */
export type VerificationResult = {
	/** Those that were found intact. */
	readonly intact: readonly SnapshotId[];
	/** Those that were found damaged: earlier good news of them is void. */
	readonly damaged: readonly SnapshotId[];
	/** Every snapshot there is; what is remembered of others is dropped. */
	readonly existing: readonly SnapshotId[];
	/** How much of the file contents it has read. @default none */
	readonly dataRead?: DataRead;
};

/** Note how a verification ended. */
export function setVerifyResult(connection: StateConnection, repository: RepositoryId, run: VerifyRun, {intact, damaged, existing, dataRead}: VerificationResult): void {
	addVerifyRun(connection, repository, run);
	if (dataRead) {
		addDataRead(connection, repository, dataRead);
	}

	for (const id of intact) {
		setVerification(connection, repository, id, run);
	}

	const there = new Set(existing);
	const gone = [...readVerifications(connection, repository).keys()].filter(id => !there.has(id));
	for (const id of [...damaged, ...gone]) {
		removeVerification(connection, repository, id);
	}
}
