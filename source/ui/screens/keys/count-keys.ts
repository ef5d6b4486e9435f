import type {Dashboard} from '../../dashboard.ts';

/** Count in the background what lies under each epoch, which takes a walk over all objects. A failure shows nowhere: the counts are left out. */
export function countKeys(dashboard: Dashboard): void {
	dashboard.load(async engine => engine.keyStatus(), keys => {
		dashboard.dispatch({type: 'keys-counted', keys});
	}, () => undefined);
}
