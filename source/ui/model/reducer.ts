import type {KeyStatus, Overview, SnapshotList} from '../../engine/index.ts';
import type {OpenScreen, Screen} from '../screens/screen.ts';
import {keepCursors} from './keep-cursors.ts';
import {reduceJobs, type JobAction} from './job-reducer.ts';
import type {Overlay} from './overlay.ts';
import type {DashboardState, Link, MainState, Notice, PaneId, Size} from './state.ts';

/** Everything that can happen to the state. */
export type Action =
	| JobAction
	| {readonly type: 'resized'; readonly size: Size}
	| {readonly type: 'ticked'; readonly nowMs: number}
	| {readonly type: 'overview-loaded'; readonly overview: Overview; readonly nowMs: number}
	| {readonly type: 'link-changed'; readonly link: Link}
	| {readonly type: 'snapshots-loaded'; readonly snapshots: SnapshotList}
	| {readonly type: 'keys-counted'; readonly keys: KeyStatus}
	| {readonly type: 'main-changed'; readonly change: Partial<Omit<MainState, 'cursors'>>}
	| {readonly type: 'cursor-moved'; readonly pane: PaneId; readonly row: number}
	| {readonly type: 'screen-opened'; readonly screen: OpenScreen}
	| {readonly type: 'screen-closed'}
	/** Of a screen that is gone: nothing. */
	| {readonly type: 'screen-changed'; readonly id: number; readonly change: (screen: Screen) => Screen}
	| {readonly type: 'overlay-opened'; readonly overlay: Overlay}
	| {readonly type: 'overlay-closed'}
	| {readonly type: 'notice-shown'; readonly notice: Notice}
	| {readonly type: 'notice-cleared'};

function withoutNotice({notice: _, ...state}: DashboardState): DashboardState {
	return state;
}

function withoutOverlay({overlay: _, ...state}: DashboardState): DashboardState {
	return state;
}

function tick(state: DashboardState, nowMs: number): DashboardState {
	const isOver = state.notice !== undefined && nowMs >= state.notice.untilMs;
	return {...(isOver ? withoutNotice(state) : state), nowMs};
}

/** The state after something happened. Pure. */
export function reduce(state: DashboardState, action: Action): DashboardState {
	switch (action.type) {
		case 'resized': {
			const {size} = action;
			return size.columns === state.size.columns && size.rows === state.size.rows ? state : {...state, size};
		}

		case 'ticked': {
			return tick(state, action.nowMs);
		}

		case 'overview-loaded': {
			return keepCursors(state, {...state, overview: action.overview, overviewMs: action.nowMs, link: state.link.status === 'ready' ? state.link : {status: 'ready'}});
		}

		case 'link-changed': {
			return {...state, link: action.link};
		}

		case 'snapshots-loaded': {
			return {...state, snapshots: action.snapshots};
		}

		case 'keys-counted': {
			return {...state, keyCounts: action.keys};
		}

		case 'main-changed': {
			return {...state, main: {...state.main, ...action.change}};
		}

		case 'cursor-moved': {
			return {...state, main: {...state.main, cursors: {...state.main.cursors, [action.pane]: action.row}}};
		}

		case 'screen-opened': {
			return {...state, screens: [...state.screens, action.screen]};
		}

		case 'screen-closed': {
			return {...state, screens: state.screens.slice(0, -1)};
		}

		case 'screen-changed': {
			const {id, change} = action;
			return {...state, screens: state.screens.map(screen => screen.id === id ? {...change(screen), id} : screen)};
		}

		case 'overlay-opened': {
			return {...state, overlay: action.overlay};
		}

		case 'overlay-closed': {
			return withoutOverlay(state);
		}

		case 'notice-shown': {
			return {...state, notice: action.notice};
		}

		case 'notice-cleared': {
			return state.notice === undefined ? state : withoutNotice(state);
		}

		default: {
			const jobs = reduceJobs(state.jobs, action);
			const hasSameOrder = jobs.length === state.jobs.length && jobs.every((job, index) => job.state === state.jobs[index]!.state);
			return hasSameOrder ? {...state, jobs} : keepCursors(state, {...state, jobs});
		}
	}
}
