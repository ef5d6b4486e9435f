import type {Dashboard} from '../../dashboard.ts';
import {movementHandlers, pageRows, type Handlers} from '../../handler.ts';
import {createLine} from '../../line-edit.ts';
import type {OpenScreen} from '../screen.ts';
import {changeLines} from './change-text.ts';
import {loadDiff} from './open-diff.ts';
import {filterDiff, moveInDiff, selectedChange, type DiffScreen} from './state.ts';

function currentDiff({state}: Dashboard): Extract<OpenScreen, {kind: 'diff'}> | undefined {
	const screen = state.screens.at(-1);
	return screen?.kind === 'diff' ? screen : undefined;
}

function change(dashboard: Dashboard, id: number, next: (screen: DiffScreen) => DiffScreen): void {
	dashboard.changeScreen(id, 'diff', next);
}

/** The keys of this screen. */
export const diffHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		change(dashboard, currentDiff(dashboard)!.id, screen => moveInDiff(screen, movement, pageRows(dashboard)));
	}),
	filter: {run(dashboard) {
		const {id, filter} = currentDiff(dashboard)!;
		dashboard.openOverlay({kind: 'filter', line: createLine(filter), before: filter, onChange(text) {
			change(dashboard, id, screen => filterDiff(screen, text));
		}});
	}},
	open: {
		unavailable(dashboard) {
			const screen = currentDiff(dashboard);
			return screen && selectedChange(screen) ? undefined : 'There is no entry at the cursor.';
		},
		run(dashboard) {
			const selected = selectedChange(currentDiff(dashboard)!)!;
			dashboard.openOverlay({kind: 'message', title: 'Difference', lines: changeLines(selected)});
		},
	},
	refresh: {run(dashboard) {
		const screen = currentDiff(dashboard)!;
		dashboard.refresh();
		loadDiff(dashboard, screen.id, screen);
	}},
};
