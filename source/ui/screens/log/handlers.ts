import type {Dashboard} from '../../dashboard.ts';
import {movementHandlers, pageRows, type Handlers} from '../../handler.ts';
import {createLine} from '../../line-edit.ts';
import type {OpenScreen} from '../screen.ts';
import {lineDetails} from './rows.ts';
import {moveInLog, nextChannel, nextLevel, selectedLine, toggleFollowing} from './state.ts';

function currentLog({state}: Dashboard): Extract<OpenScreen, {kind: 'log'}> | undefined {
	const screen = state.screens.at(-1);
	return screen?.kind === 'log' ? screen : undefined;
}

/** The keys of this screen. */
export const logHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		dashboard.changeScreen(currentLog(dashboard)!.id, 'log', screen => moveInLog(screen, movement, pageRows(dashboard)));
	}),
	follow: {run(dashboard) {
		dashboard.changeScreen(currentLog(dashboard)!.id, 'log', toggleFollowing);
	}},
	channel: {run(dashboard) {
		dashboard.changeScreen(currentLog(dashboard)!.id, 'log', nextChannel);
	}},
	level: {run(dashboard) {
		dashboard.changeScreen(currentLog(dashboard)!.id, 'log', nextLevel);
	}},
	filter: {run(dashboard) {
		const {id, filter} = currentLog(dashboard)!;
		dashboard.openOverlay({kind: 'filter', line: createLine(filter), before: filter, onChange(text) {
			dashboard.changeScreen(id, 'log', screen => ({...screen, filter: text}));
		}});
	}},
	open: {
		unavailable(dashboard) {
			const screen = currentLog(dashboard);
			return screen && selectedLine(screen) ? undefined : 'There is no line at the cursor.';
		},
		run(dashboard) {
			const line = selectedLine(currentLog(dashboard)!)!;
			dashboard.openOverlay({kind: 'message', title: 'Line of the log', lines: lineDetails(line)});
		},
	},
};
