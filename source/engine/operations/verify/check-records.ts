import {decodeLockRecord, decodePruningMark, decodeTombstone, decodeWriterRecord, isWriterStale, lockName, readAllMetadata, tombstoneName, writerName, type RepositorySession, type Tombstone} from '../../repository/repository.ts';
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
	}, {signal});
	for (const {object, message} of problems) {
		findings.add('tombstone', object, message);
	}

	return values;
}

/** Records of running writers, prune's marks, and locks. @throws What the storage throws */
export async function checkRunRecords(session: RepositorySession, findings: Findings, signal: AbortSignal | undefined): Promise<void> {
	const writers = await readAllMetadata(session, 'writer', 'writers', ({body}, name) => {
		const record = decodeWriterRecord(body, name);
		assertName(name, writerName(record.id));
		return record;
	}, {signal});
	for (const {object, message} of writers.problems) {
		findings.add('writer', object, message);
	}

	for (const {process, heartbeat} of writers.values.filter(record => isWriterStale(record, session.runtime))) {
		findings.note(`A run on ${process.host} that last gave a sign of life at ${heartbeat} is over, but left its record behind. The next backup removes it.`);
	}

	const marks = await readAllMetadata(session, 'pruningMark', 'pruning', ({body}, name) => decodePruningMark(body, name), {signal});
	for (const {object, message} of marks.problems) {
		findings.add('pruning-mark', object, message);
	}

	const locks = await readAllMetadata(session, 'lock', 'locks', ({body}, name) => {
		const record = decodeLockRecord(body, name);
		assertName(name, lockName(record.id));
		return record;
	}, {signal});
	for (const {object, message} of locks.problems) {
		findings.add('lock', object, message);
	}

	for (const {process, operation, heartbeat} of locks.values.filter(record => isWriterStale(record, session.runtime))) {
		findings.note(`"${operation}" on ${process.host}, which last gave a sign of life at ${heartbeat}, is over, but left its lock behind. Whoever needs the lock next removes it.`);
	}
}
