import type {Dashboard} from '../../../dashboard.ts';
import {changeRestore, currentRestore} from '../current.ts';
import {nextPolicy} from '../policy-texts.ts';
import {toggleOverwrite} from '../server/handlers.ts';

/** The next answer to what happens to what is there already: to files, or to databases. */
export function changePolicy(dashboard: Dashboard): void {
	if (currentRestore(dashboard).place === 'server') {
		toggleOverwrite(dashboard);
	} else {
		changeRestore(dashboard, screen => ({...screen, policy: nextPolicy(screen.policy)}));
	}
}
