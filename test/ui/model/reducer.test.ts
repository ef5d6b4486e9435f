import test from 'ava';
import {isActive, keptWarnings} from '../../../source/ui/model/job.ts';
import {reduce, type Action} from '../../../source/ui/model/reducer.ts';
import {createState, type DashboardState} from '../../../source/ui/model/state.ts';
import {createSourceScreen} from '../../../source/ui/screens/source/state.ts';
import {buildOverview, nowMs} from '../../helpers/overview-builder.ts';

const start = createState({columns: 80, rows: 24}, nowMs);

function after(...actions: readonly Action[]): DashboardState {
	let state = start;
	for (const action of actions) {
		state = reduce(state, action);
	}

	return state;
}

test('an overview makes the repository ready, and says when it was taken', t => {
	const offline = after({type: 'link-changed', link: {status: 'offline', failure: {code: 'storage-failed', message: 'gone'}, sinceMs: nowMs}});
	t.is(offline.link.status, 'offline');
	const overview = buildOverview();
	const state = reduce(offline, {type: 'overview-loaded', overview, nowMs: nowMs + 5});
	t.is(state.link.status, 'ready');
	t.is(state.overview, overview);
	t.is(state.overviewMs, nowMs + 5);
});

test('the life of a job: queued, running, told of, done', t => {
	const progress = {phase: 'reading', files: 1, bytes: 2, rate: 3} as const;
	const running = after(
		{type: 'job-added', id: 1, kind: 'backup', subject: 'web'}, {type: 'job-started', id: 1, nowMs, processId: 77}, {type: 'job-event', id: 1, event: {event: 'progress', ...progress}}, {type: 'job-event', id: 1, event: {event: 'warning', kind: 'unreadable', message: 'one'}},
	);
	t.like(running.jobs[0], {state: 'running', startedMs: nowMs, processId: 77, progress, warnings: ['one'], warningCount: 1});
	const summary = {files: 1, directories: 1, bytes: 2, addedBytes: 2, storedBytes: 1, durationMs: 5, unreadable: 0, changed: 0};
	const done = reduce(running, {type: 'job-ended', id: 1, nowMs: nowMs + 9, result: {kind: 'backup', summary}});
	t.like(done.jobs[0], {state: 'done', endedMs: nowMs + 9});
	t.is(reduce(done, {type: 'job-event', id: 1, event: {event: 'progress', ...progress, bytes: 99}}).jobs[0]!.progress!.bytes, 2, 'what comes late changes nothing');
});

test('a job that was stopped is no failure, one that waited is stopped at once', t => {
	const queued = after({type: 'job-added', id: 1, kind: 'verify', subject: 'web'});
	t.is(reduce(queued, {type: 'job-stopping', id: 1}).jobs[0]!.state, 'stopped');
	const stopping = reduce(reduce(queued, {type: 'job-started', id: 1, nowMs}), {type: 'job-stopping', id: 1});
	t.is(stopping.jobs[0]!.state, 'stopping');
	const ended = reduce(stopping, {type: 'job-ended', id: 1, nowMs, failure: {code: 'aborted', message: 'Interrupted.'}});
	t.is(ended.jobs[0]!.state, 'stopped');
	t.is(ended.jobs[0]!.failure, undefined);
	const failed = reduce(stopping, {type: 'job-ended', id: 1, nowMs, failure: {code: 'source-missing', message: 'gone'}});
	t.like(failed.jobs[0], {state: 'failed', failure: {message: 'gone'}});
});

test('warnings and ended jobs do not pile up; running jobs are never forgotten', t => {
	let state = after({type: 'job-added', id: 0, kind: 'backup', subject: 'runs'}, {type: 'job-started', id: 0, nowMs});
	for (let id = 1; id <= 40; id++) {
		state = reduce(state, {type: 'job-added', id, kind: 'backup', subject: `s${id}`});
		state = reduce(state, {type: 'job-ended', id, nowMs, failure: {code: 'internal', message: 'x'}});
	}

	t.is(state.jobs.length, 21);
	t.deepEqual(state.jobs.filter(job => isActive(job)).map(({id}) => id), [0]);
	for (let count = 0; count < keptWarnings + 50; count++) {
		state = reduce(state, {type: 'job-event', id: 0, event: {event: 'warning', kind: 'unreadable', message: `w${count}`}});
	}

	t.is(state.jobs[0]!.warnings.length, keptWarnings);
	t.is(state.jobs[0]!.warnings.at(-1), `w${keptWarnings + 49}`);
	t.is(state.jobs[0]!.warningCount, keptWarnings + 50);
});

test('screens are a stack; what is loaded for one that is gone changes nothing', t => {
	const source = createSourceScreen({name: 'web', host: 'vault01'});
	const open = after({type: 'screen-opened', screen: {...source, id: 1}}, {type: 'screen-opened', screen: {...source, name: 'db', id: 2}});
	t.is(open.screens.length, 2);
	const changed = reduce(open, {type: 'screen-changed', id: 1, change: () => ({...source, cursor: 5})});
	t.like(changed.screens[0], {id: 1, cursor: 5});
	t.like(changed.screens[1], {id: 2, cursor: 0});
	const closed = reduce(changed, {type: 'screen-closed'});
	t.deepEqual(reduce(closed, {type: 'screen-changed', id: 2, change: () => ({...source, cursor: 9})}).screens, closed.screens);
});

test('a notice goes by itself, or at the next key', t => {
	const notice = {text: 'done', tone: 'ok', untilMs: nowMs + 100} as const;
	const shown = after({type: 'notice-shown', notice});
	t.is(reduce(shown, {type: 'ticked', nowMs: nowMs + 99}).notice, notice);
	t.is(reduce(shown, {type: 'ticked', nowMs: nowMs + 100}).notice, undefined);
	t.is(reduce(shown, {type: 'notice-cleared'}).notice, undefined);
	t.is(reduce(start, {type: 'notice-cleared'}), start, 'the same state, so that nothing is drawn');
	t.is(reduce(start, {type: 'resized', size: {columns: 80, rows: 24}}), start);
});
