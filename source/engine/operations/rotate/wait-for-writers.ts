import type {SlotId} from '../../ids.ts';
import {activeEpoch, listRunningWriters, type RepositorySession, type Writer} from '../../repository/repository.ts';

const pollIntervalMs = 2000;

/** The runs that are writing now. Records of runs that died are removed; those that cannot be read are passed over. @throws what the storage throws; `aborted` */
export async function listWriters(session: RepositorySession, signal?: AbortSignal): Promise<readonly Writer[]> {
	return (await listRunningWriters(session, signal)).writers;
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
