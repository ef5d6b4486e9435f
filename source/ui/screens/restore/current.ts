import type {Dashboard} from '../../dashboard.ts';
import type {OpenScreen} from '../screen.ts';
import type {RestoreScreen} from './state.ts';

/** The restore that is seen. @throws TypeError when another screen is */
export function currentRestore({state}: Dashboard): RestoreScreen & Pick<OpenScreen, 'id'> {
	const screen = state.screens.at(-1);
	if (screen?.kind !== 'restore') {
		throw new TypeError('The restore is not what is seen.');
	}

	return screen;
}

/** Change the restore that is seen. */
export function changeRestore(dashboard: Dashboard, change: (screen: RestoreScreen) => RestoreScreen): void {
	dashboard.changeScreen(currentRestore(dashboard).id, 'restore', change);
}
