import type {Dashboard} from '../../dashboard.ts';
import {screenSignal} from '../../screen-signal.ts';
import {fetchMissing} from './pick/loading.ts';
import {createRestoreScreen, type RestoreStart} from './state.ts';

/** Open the restore of a source. What it has under way ends with its screen. */
export function openRestore(dashboard: Dashboard, start: RestoreStart): void {
	const screen = createRestoreScreen(start);
	const id = dashboard.openScreen(screen);
	screenSignal(dashboard, id).addEventListener('abort', () => {
		screen.errands.endAll();
	}, {once: true});
	if (screen.step === 'pick') {
		fetchMissing(dashboard);
	}
}
