import type {Dashboard} from '../../dashboard.ts';
import {fetchMissing} from './pick/loading.ts';
import {createRestoreScreen, type RestoreStart} from './state.ts';

/** Open the restore of a source. */
export function openRestore(dashboard: Dashboard, start: RestoreStart): void {
	const screen = createRestoreScreen(start);
	dashboard.openScreen(screen);
	if (screen.step === 'pick') {
		fetchMissing(dashboard);
	}
}
