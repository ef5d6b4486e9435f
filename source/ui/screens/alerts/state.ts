/** All alerts, with what is known of the one at the cursor. */
export type AlertsScreen = {
	readonly kind: 'alerts';
	readonly cursor: number;
	readonly filter: string;
	/** Also those that were acknowledged. */
	readonly isShowingAll: boolean;
};

export function createAlertsScreen(cursor = 0): AlertsScreen {
	return {kind: 'alerts', cursor, filter: '', isShowingAll: true};
}
