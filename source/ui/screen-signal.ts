import type {Dashboard} from './dashboard.ts';

/** A signal that fires when a screen is closed: what was begun for it ends with it. @param id - Of an open screen. */
export function screenSignal({store}: Dashboard, id: number): AbortSignal {
	const controller = new AbortController();
	const unsubscribe = store.subscribe(() => {
		if (store.state.screens.every(screen => screen.id !== id)) {
			unsubscribe();
			controller.abort();
		}
	});
	return controller.signal;
}
