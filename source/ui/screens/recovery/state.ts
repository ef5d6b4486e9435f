import type {RecoveryKey} from '../../../engine/index.ts';
import type {Failure} from '../../model/job.ts';

/** A recovery key that is made, and its code: the only place where it is ever shown. */
export type RecoveryScreen = {
	readonly kind: 'recovery';
	/** Where its file is written: absolute. */
	readonly file: string;
	/** ASCII, in groups; wiped when the screen is left. */
	readonly code: Uint8Array;
	readonly step: {readonly name: 'making'} | {readonly name: 'shown'; readonly key: RecoveryKey} | {readonly name: 'failed'; readonly failure: Failure};
};
