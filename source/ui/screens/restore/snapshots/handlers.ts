import type {Dashboard} from '../../../dashboard.ts';
import {movementHandlers, pageRows, type Handler, type Handlers} from '../../../handler.ts';
import {moveRow} from '../../../scrolling.ts';
import {formatAmount} from '../../../../text/format.ts';
import {changeRestore, currentRestore} from '../current.ts';
import {fetchMissing} from '../pick/loading.ts';
import {snapshotIndex, toPicking} from '../state.ts';
import {backHandlers} from '../step-handlers.ts';
import {findDaysAgo} from './days-ago.ts';

const choose: Handler = {run(dashboard) {
	changeRestore(dashboard, toPicking);
	fetchMissing(dashboard);
}};

function goDaysAgo(dashboard: Dashboard, key: string): void {
	const {snapshots} = currentRestore(dashboard);
	const days = Number(key);
	const found = findDaysAgo(snapshots, days, dashboard.clock.now());
	if (found) {
		changeRestore(dashboard, screen => ({...screen, snapshot: found.id}));
	} else {
		dashboard.notify(`No snapshot is ${formatAmount(days, 'day')} old.`, 'warning');
	}
}

/** The keys of the first step. */
export const snapshotHandlers: Handlers = {
	...backHandlers,
	...movementHandlers((dashboard, movement) => {
		changeRestore(dashboard, screen => {
			const {snapshots} = screen;
			const to = moveRow(snapshotIndex(screen), movement, {count: snapshots.length, page: pageRows(dashboard)});
			return {...screen, snapshot: snapshots[to]!.id};
		});
	}),
	'days-ago': {run: goDaysAgo},
	'next-step': choose,
	open: choose,
};
