import type {Dashboard} from '../../dashboard.ts';
import type {Handlers} from '../../handler.ts';
import {currentRestore, changeRestore} from './current.ts';
import {fetchMissing} from './pick/loading.ts';
import {stepBack} from './state.ts';

/** One step back, or out of the restore. */
export function goBack(dashboard: Dashboard): void {
	const before = stepBack(currentRestore(dashboard));
	if (before) {
		changeRestore(dashboard, () => before);
	} else {
		dashboard.closeScreen();
	}

	if (before?.step === 'pick') {
		fetchMissing(dashboard);
	}
}

/** What all steps but the last have. */
export const backHandlers: Handlers = {back: {run: goBack}};
