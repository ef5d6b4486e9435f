/** Epochs and key slots. */
export type KeysScreen = {
	readonly kind: 'keys';
	readonly cursor: number;
};
