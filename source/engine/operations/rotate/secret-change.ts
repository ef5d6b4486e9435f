import type {Secret} from '../../repository/repository.ts';
import type {SlotId} from '../../ids.ts';

/**
The caller's secret on its way through a rotation. Each step is durable when it returns, and may be done again after an interruption.
*/
export type SecretChange = {
	/** The secret that an interrupted rotation prepared for this slot; `undefined` where there is none any more. */
	prepared(slotId: SlotId): Promise<Secret | undefined>;
	/** Make a new secret, beside the old one. */
	prepare(slotId: SlotId): Promise<Secret>;
	/** Put it in the old one's place, and keep the old one aside. Does nothing where that is done. */
	replace(): Promise<void>;
	/** Destroy the old one, which opens nothing any more. Does nothing where that is done. */
	retire(): Promise<void>;
};
