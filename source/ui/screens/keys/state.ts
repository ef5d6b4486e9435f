/** Epochs and key slots. */
export type KeysScreen = {
	readonly kind: 'keys';
	readonly cursor: number;
};

export function createKeysScreen(): KeysScreen {
	return {kind: 'keys', cursor: 0};
}
