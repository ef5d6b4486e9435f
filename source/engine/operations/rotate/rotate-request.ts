import type {EpochId, SlotId} from '../../ids.ts';
import type {SlotEntry} from '../../repository/repository.ts';
import type {SecretChange} from './secret-change.ts';

export type RotateRequest = {
	/** Leads the caller's secret from the old to the new one. */
	readonly secretChange: SecretChange;
	/** Also write all packs anew under new data keys, after a leak. @default false */
	readonly isReencrypting?: boolean;
};

export type RotateSummary = {
	/** The epoch that everything is under now. */
	readonly epoch: EpochId;
	/** Epochs that are gone from all keyrings. */
	readonly retired: readonly EpochId[];
	/** The caller's new slot. */
	readonly slot: SlotId;
	/** Slots that open nothing any more: the one that was replaced, and those that had expired. */
	readonly removedSlots: ReadonlyArray<Pick<SlotEntry, 'id' | 'label'>>;
	/** Slots that follow the rotation without their secrets. */
	readonly followingSlots: number;
	/** Of those, the ones made for recovery. */
	readonly recoverySlots: number;
	/** Metadata objects and data keys that were written anew. */
	readonly moved: number;
	/** Packs under new data keys. */
	readonly packs: number;
	readonly bytes: number;
	/** Packs that could not be written anew, as they are damaged or lost. */
	readonly damagedPacks: number;
	/** Whether it took up a rotation that had been interrupted. */
	readonly isResumed: boolean;
	readonly durationMs: number;
};
