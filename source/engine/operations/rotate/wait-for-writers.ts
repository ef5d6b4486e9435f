import type {EpochId, SlotId} from '../../ids.ts';
import {activeEpoch, decodeWriterRecord, isWriterStale, readAllMetadata, writerName, type RepositorySession, type WriterRecord} from '../../repository/repository.ts';

const pollIntervalMs = 2000;

/** A run that is still writing. */
export type Writer = WriterRecord & {
	/** That its record lies under. */
	readonly epoch: EpochId;
	/** The key slot that it uses. */
	readonly slot: SlotId;
};

/** The runs that are writing now. Records of runs that died are removed; those that cannot be read are passed over. @throws what the storage throws; `aborted` */
export async function listWriters(session: RepositorySession, signal?: AbortSignal): Promise<Writer[]> {
	const {values} = await readAllMetadata(session, 'writer', 'writers', ({body, epochId, signer}, name) => ({...decodeWriterRecord(body, name), epoch: epochId, slot: signer}), {signal});
	const living: Writer[] = [];
	for (const writer of values) {
		if (isWriterStale(writer, session.runtime)) {
			await session.storage.remove(writerName(writer.id));
		} else {
			living.push(writer);
		}
	}

	return living;
}

export type WaitOptions = {
	readonly signal?: AbortSignal | undefined;
	/** Called whenever it is looked, with those that are left. */
	readonly onWaiting: (writers: readonly Writer[]) => void;
	/** A slot that is about to go: whoever uses it is waited for, whenever it began. */
	readonly goingSlot?: SlotId | undefined;
};

/**
Wait until runs have ended, by themselves or by dying.
@param isAwaited - Of those that are writing now. Runs that begin later are not waited for, unless their record lies under an epoch that is no longer active.
@throws `aborted`; what the storage throws
*/
export async function waitForWriters(session: RepositorySession, isAwaited: (writer: Writer) => boolean, {signal, onWaiting, goingSlot}: WaitOptions): Promise<void> {
	const active = activeEpoch(session.keyring).id;
	const awaited = new Set((await listWriters(session, signal)).filter(writer => isAwaited(writer)).map(({id}) => id));
	for (;;) {
		const writers = await listWriters(session, signal);
		const left = writers.filter(({id, epoch, slot}) => awaited.has(id) || epoch !== active || slot === goingSlot);
		if (left.length === 0) {
			return;
		}

		onWaiting(left);
		await session.runtime.sleep(pollIntervalMs, signal);
	}
}

/** Where runs are, for people. */
export function describeWriters(writers: readonly Writer[]): string {
	return writers.map(({process: {host, pid}}) => `process ${pid} on ${host}`).join(', ');
}
