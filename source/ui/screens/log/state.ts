/** The log of this host, as it grows. */
export type LogScreen = {
	readonly kind: 'log';
	readonly cursor: number;
	readonly filter: string;
	/** The end stays in sight. */
	readonly isFollowing: boolean;
};

export function createLogScreen(): LogScreen {
	return {kind: 'log', cursor: 0, filter: '', isFollowing: true};
}
