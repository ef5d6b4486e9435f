import type {Dashboard} from '../../dashboard.ts';
import {movementHandlers, pageRows, type Handlers} from '../../handler.ts';
import {clampRow} from '../../model/selectors.ts';
import {moveRow} from '../../scrolling.ts';
import type {OpenScreen} from '../screen.ts';

type Open = Extract<OpenScreen, {kind: 'keys'}>;

/** How many epochs and slots there are. */
export function countKeys({state: {overview}}: Pick<Dashboard, 'state'>): number {
	return overview ? overview.keys.epochs.length + overview.keys.keys.length : 0;
}

/** The keys of the screen of keys. */
export const keysHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		const {id, cursor} = dashboard.state.screens.at(-1) as Open;
		const count = countKeys(dashboard);
		dashboard.changeScreen(id, 'keys', screen => ({...screen, cursor: moveRow(clampRow(cursor, count), movement, {count, page: pageRows(dashboard)})}));
	}),
};
