import {decodePruningMark, decodeTombstone, decodeWriterRecord, isWriterStale, readAllMetadata, tombstoneName, writerName, type RepositorySession, type Tombstone} from '../../repository/repository.ts';
import {CofferError} from '../../errors.ts';
import type {Findings} from './problem.ts';

function assertName(name: string, right: string): void {
	if (name !== right) {
		throw new CofferError('damaged', `${name} holds what belongs into ${right}: it was renamed or swapped.`);
	}
}

/** All tombstones that are intact. @throws What the storage throws */
export async function checkTombstones(session: RepositorySession, findings: Findings, signal: AbortSignal | undefined): Promise<Tombstone[]> {
	const {values, problems} = await readAllMetadata(session, 'tombstone', 'tombstones', ({body}, name) => {
		const tombstone = decodeTombstone(body, name);
		assertName(name, tombstoneName(tombstone.id));
		return tombstone;
	}, signal);
	for (const {object, message} of problems) {
		findings.add('tombstone', object, message);
	}

	return values;
}

/** Records of running writers, and prune's marks. @throws What the storage throws */
export async function checkRunRecords(session: RepositorySession, findings: Findings, signal: AbortSignal | undefined): Promise<void> {
	const writers = await readAllMetadata(session, 'writer', 'writers', ({body}, name) => {
		const record = decodeWriterRecord(body, name);
		assertName(name, writerName(record.id));
		return record;
	}, signal);
	for (const {object, message} of writers.problems) {
		findings.add('writer', object, message);
	}

	for (const {process, heartbeat} of writers.values.filter(record => isWriterStale(record, session.runtime))) {
		findings.note(`A run on ${process.host} that last gave a sign of life at ${heartbeat} is over, but left its record behind. The next backup removes it.`);
	}

	const marks = await readAllMetadata(session, 'pruningMark', 'pruning', ({body}, name) => decodePruningMark(body, name), signal);
	for (const {object, message} of marks.problems) {
		findings.add('pruning-mark', object, message);
	}
}
