import type {DataKeyId, EpochId, SlotId} from '../ids.ts';
import {readAllMetadata, type ObjectProblem} from './metadata-store.ts';
import type {RepositorySession} from './session.ts';
import {decodeWriterRecord, isWriterStale, writerName, type WriterRecord} from './writer-record.ts';

/** A run that is still writing. */
export type Writer = WriterRecord & {
	/** That its record lies under. */
	readonly epoch: EpochId;
	/** The key slot that it uses. */
	readonly slot: SlotId;
};

export type RunningWriters = {
	readonly writers: readonly Writer[];
	/** Records that cannot be read: nobody knows whether their runs still write, and under which data keys. */
	readonly problems: readonly ObjectProblem[];
	/** Of all records in the listing, stale ones among them. */
	readonly names: readonly string[];
};

/**
The runs that are writing now. Records of runs that died are removed.
@throws What the storage throws; `aborted`
*/
export async function listRunningWriters(session: RepositorySession, signal?: AbortSignal): Promise<RunningWriters> {
	const {values, problems, names} = await readAllMetadata(session, 'writer', 'writers', ({body, epochId, signer}, name): Writer => ({...decodeWriterRecord(body, name), epoch: epochId, slot: signer}), {signal});
	const writers: Writer[] = [];
	for (const writer of values) {
		if (isWriterStale(writer, session.runtime)) {
			await session.storage.remove(writerName(writer.id));
		} else {
			writers.push(writer);
		}
	}

	return {writers, problems, names};
}

/** Data keys of runs that are writing: nobody else touches the packs under them. */
export const dataKeysOf = ({writers}: Pick<RunningWriters, 'writers'>): ReadonlySet<DataKeyId> => new Set(writers.map(({dataKeyId}) => dataKeyId));
