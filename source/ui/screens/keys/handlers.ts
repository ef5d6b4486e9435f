import type {Dashboard} from '../../dashboard.ts';
import {movementHandlers, pageRows, type Handlers} from '../../handler.ts';
import {clampRow} from '../../model/selectors.ts';
import {moveRow} from '../../scrolling.ts';
import {askForCheck} from '../recovery/check.ts';
import {askForExport} from '../recovery/open.ts';
import type {OpenScreen} from '../screen.ts';
import {countKeys} from './count-keys.ts';

type Open = Extract<OpenScreen, {kind: 'keys'}>;

/** How many epochs and slots there are. */
function countRows({state: {overview}}: Pick<Dashboard, 'state'>): number {
	return overview ? overview.keys.epochs.length + overview.keys.keys.length : 0;
}

function whyNoOwner({state: {overview}}: Dashboard): string | undefined {
	if (!overview) {
		return 'The repository is being opened.';
	}

	return overview.role === 'owner' ? undefined : `This key has the role "${overview.role}": only an owner's key can make others.`;
}

/** The keys of the screen of keys. */
export const keysHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		const {id, cursor} = dashboard.state.screens.at(-1) as Open;
		const count = countRows(dashboard);
		dashboard.changeScreen(id, 'keys', screen => ({...screen, cursor: moveRow(clampRow(cursor, count), movement, {count, page: pageRows(dashboard)})}));
	}),
	refresh: {run(dashboard) {
		dashboard.notify('Looking at the repository again.');
		dashboard.refresh();
		countKeys(dashboard);
	}},
	export: {unavailable: whyNoOwner, run(dashboard) {
		askForExport(dashboard);
	}},
	check: {run: askForCheck},
};
