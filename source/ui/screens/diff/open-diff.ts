import type {StoredSnapshot} from '../../../engine/index.ts';
import type {Dashboard} from '../../dashboard.ts';
import {toFailure} from '../../job-runner.ts';
import {screenSignal} from '../../screen-signal.ts';
import {createDiffScreen, listedChanges, withoutComparison, type DiffScreen} from './state.ts';

/** Find out what differs, for a screen that is open; what was known of it is forgotten. Ends with the screen. */
export function loadDiff(dashboard: Dashboard, id: number, {from, to}: Pick<DiffScreen, 'from' | 'to'>): void {
	const tell = (change: Pick<DiffScreen, 'comparison' | 'problem'>) => {
		dashboard.changeScreen(id, 'diff', screen => ({...screen, ...change}));
	};

	dashboard.changeScreen(id, 'diff', withoutComparison);
	if (!dashboard.engine) {
		tell({problem: 'The repository cannot be reached at the moment. R tries again.'});
		return;
	}

	const signal = screenSignal(dashboard, id);
	dashboard.load(async engine => {
		try {
			return await engine.compareSnapshots(from.id, to.id, {limit: listedChanges, signal});
		} catch (error) {
			tell({problem: toFailure(error).message});
			throw error;
		}
	}, comparison => {
		tell({comparison});
	});
}

/** Open the comparison of two snapshots. @param from - The older one. */
export function openDiff(dashboard: Dashboard, from: StoredSnapshot, to: StoredSnapshot): void {
	const screen = createDiffScreen(from, to);
	loadDiff(dashboard, dashboard.openScreen(screen), screen);
}
