import type {StoredSnapshot} from '../../../engine/index.ts';
import type {Dashboard} from '../../dashboard.ts';
import {movementHandlers, pageRows, type Handlers} from '../../handler.ts';
import {isActive, type Job} from '../../model/job.ts';
import {clampRow} from '../../model/selectors.ts';
import {moveRow} from '../../scrolling.ts';
import {askToStop, backUp, restoreFrom, verify, whyNoBackup} from '../../work.ts';
import {openDiff} from '../diff/open-diff.ts';
import {openPrune} from '../prune/open.ts';
import {openSchedule} from '../schedule/open.ts';
import type {OpenScreen} from '../screen.ts';
import {detailRows, lastOffset} from './details.ts';
import {detailsRoom} from './layout.ts';
import {snapshotsOf} from './snapshots-of.ts';
import type {SourceScreen} from './state.ts';

type Open = Extract<OpenScreen, {kind: 'source'}>;

/** The screen, its snapshots, and the one at the cursor. */
function look({state}: Dashboard): {readonly screen: Open; readonly snapshots: readonly StoredSnapshot[]; readonly snapshot: StoredSnapshot | undefined} {
	const screen = state.screens.at(-1) as Open;
	const snapshots = snapshotsOf(state, screen);
	return {screen, snapshots, snapshot: snapshots[clampRow(screen.cursor, snapshots.length)]};
}

function change(dashboard: Dashboard, update: (screen: SourceScreen) => SourceScreen): void {
	dashboard.changeScreen(look(dashboard).screen.id, 'source', update);
}

const toList = ({detailsFrom: _, ...screen}: SourceScreen): SourceScreen => screen;

const whyNoSnapshot = (dashboard: Dashboard): string | undefined => look(dashboard).snapshot ? undefined : 'There is no snapshot of this source yet: b backs it up.';

/** The other snapshot of a comparison: the marked one, or the one before. */
function otherOf({screen, snapshots, snapshot}: ReturnType<typeof look>): StoredSnapshot | undefined {
	const marked = snapshots.find(({id}) => id === screen.marked && id !== snapshot?.id);
	return marked ?? snapshots[snapshots.indexOf(snapshot!) + 1];
}

const jobsOf = (dashboard: Dashboard): Job[] => dashboard.state.jobs.filter(job => isActive(job) && job.source === look(dashboard).screen.name);

/** The keys of the screen of one source. */
export const sourceHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		const {screen: {detailsFrom}, snapshots, snapshot} = look(dashboard);
		if (detailsFrom === undefined || !snapshot) {
			change(dashboard, screen => ({...screen, cursor: moveRow(clampRow(screen.cursor, snapshots.length), movement, {count: snapshots.length, page: pageRows(dashboard)})}));
			return;
		}

		const {columns, lines} = detailsRoom(dashboard.state.size);
		const last = lastOffset(detailRows(snapshot, columns).length, lines);
		change(dashboard, screen => ({...screen, detailsFrom: moveRow(Math.min(detailsFrom, last), movement, {count: last + 1, page: lines})}));
	}),
	'next-pane': {
		unavailable: whyNoSnapshot,
		run(dashboard) {
			change(dashboard, screen => screen.detailsFrom === undefined ? {...screen, detailsFrom: 0} : toList(screen));
		},
	},
	back: {run(dashboard) {
		if (look(dashboard).screen.detailsFrom === undefined) {
			dashboard.closeScreen();
		} else {
			change(dashboard, toList);
		}
	}},
	mark: {
		unavailable: whyNoSnapshot,
		run(dashboard) {
			const {snapshot} = look(dashboard);
			change(dashboard, ({marked, ...screen}) => marked === snapshot!.id ? screen : {...screen, marked: snapshot!.id});
		},
	},
	backup: {
		unavailable: dashboard => whyNoBackup(dashboard, look(dashboard).screen.name),
		run(dashboard) {
			backUp(dashboard, [look(dashboard).screen.name]);
		},
	},
	verify: {
		unavailable: whyNoSnapshot,
		run(dashboard) {
			const {screen, snapshot} = look(dashboard);
			dashboard.openOverlay({kind: 'verify', subject: `snapshot ${snapshot!.id.slice(0, 8)} of ${screen.name}`, depth: 'quick', onChoose(depth) {
				verify(dashboard, {subject: `${screen.name} ${snapshot!.id.slice(0, 8)}`, source: screen.name}, depth, [snapshot!.id]);
			}});
		},
	},
	restore: {
		unavailable: whyNoSnapshot,
		run(dashboard) {
			const {screen, snapshot} = look(dashboard);
			restoreFrom(dashboard, screen, snapshot!.id);
		},
	},
	open: {
		unavailable: whyNoSnapshot,
		run(dashboard) {
			const {screen, snapshot} = look(dashboard);
			restoreFrom(dashboard, screen, snapshot!.id);
		},
	},
	diff: {
		unavailable: dashboard => whyNoSnapshot(dashboard) ?? (otherOf(look(dashboard)) ? undefined : 'There is no older snapshot to compare with: mark another one with Space.'),
		run(dashboard) {
			const all = look(dashboard);
			const [one, other] = [otherOf(all)!, all.snapshot!];
			const [older, newer] = one.time <= other.time ? [one, other] : [other, one];
			openDiff(dashboard, older, newer);
		},
	},
	schedule: {run(dashboard) {
		openSchedule(dashboard, look(dashboard).screen.name);
	}},
	prune: {run(dashboard) {
		openPrune(dashboard, look(dashboard).screen.name);
	}},
	cancel: {
		unavailable: dashboard => jobsOf(dashboard).length > 0 ? undefined : 'No job of this source runs.',
		run(dashboard) {
			askToStop(dashboard, jobsOf(dashboard));
		},
	},
};
