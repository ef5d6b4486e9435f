import type {SecretPlace} from '../../dashboard-options.ts';

/** The rotation of the key: what it does and what it needs, then how far it is. */
export type RotationScreen = {
	readonly kind: 'rotation';
	/** Whether all data are to be written anew, too. */
	readonly isReencrypting: boolean;
	/** Where the secret in use lies; `undefined` while it is looked for. */
	readonly place?: SecretPlace;
	/** The job that was begun here, or that was found at work. */
	readonly job?: number;
	/** Lines of the lower pane that are above what is seen. */
	readonly offset: number;
};
