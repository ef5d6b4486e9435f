import test from 'ava';
import type {Job} from '../../../source/ui/model/job.ts';
import {foreignActivities, isMatch, listAlerts, listJobs, listSources, selectedSource, shareOf} from '../../../source/ui/model/selectors.ts';
import {createState, sourceOrders, type MainState} from '../../../source/ui/model/state.ts';
import {ago, buildActivity, buildAlert, buildOverview, nowMs} from '../../helpers/overview-builder.ts';

const {main} = createState({columns: 80, rows: 24}, nowMs);
const overview = buildOverview();
const job = (change: Partial<Job>): Job => ({id: 1, kind: 'backup', subject: 'home', state: 'running', phases: [], warnings: [], warningCount: 0, ...change});
const names = (change: Partial<MainState> = {}, jobs: readonly Job[] = []) => listSources({overview, jobs, main: {...main, ...change}}).map(({source, word}) => `${source.name} ${word}`);

test('each state has its word; a job of a source is seen in its row', t => {
	t.deepEqual(names(), ['db-prod-pg OK', 'mail-spool OK', 'home OK', 'git-mirror LATE', 'etc OK', 'win-share FAIL', 'web-assets WARN', 'new NEVER']);
	t.is(names({}, [job({})])[2], 'home RUN');
	t.is(names({}, [job({state: 'queued'})])[2], 'home WAIT');
	t.is(names({}, [job({kind: 'verify'})])[2], 'home OK', 'a verification leaves the word alone');
	const running = listSources({overview: buildOverview({activities: [buildActivity()]}), jobs: [], main});
	t.is(running[1]!.word, 'RUN', 'a backup of another process');
	t.is(Math.floor(running[1]!.share! * 100), 38);
});

test('every order has all sources; the worst are first by state, the oldest by age', t => {
	for (const order of sourceOrders) {
		t.is(names({order}).length, overview.sources.length, order);
	}

	t.deepEqual(names({order: 'state'}).slice(0, 4), ['win-share FAIL', 'new NEVER', 'git-mirror LATE', 'web-assets WARN']);
	t.deepEqual(names({order: 'age'}).slice(0, 2), ['new NEVER', 'win-share FAIL']);
	t.is(names({order: 'name'})[0], 'db-prod-pg OK');
	t.is(names({order: 'size'})[0], 'home OK');
});

test('a filter looks at name, kind, host and word; the cursor stays in the list', t => {
	t.deepEqual(names({filter: 'FAIL'}), ['win-share FAIL']);
	t.deepEqual(names({filter: 'mi git'}), ['git-mirror LATE']);
	t.deepEqual(names({filter: 'nothing'}), []);
	t.is(selectedSource({overview, jobs: [], main: {...main, filter: 'mirror', cursors: {...main.cursors, backups: 7}}})?.name, 'git-mirror');
	t.true(isMatch('Some Text', 'text some') && !isMatch('Some', 'other'));
});

test('alerts: open ones first; jobs: what goes on first, then the newest', t => {
	const acknowledged = buildAlert({key: 'a', severity: 'critical', acknowledged: {time: ago(0), user: 'root'}});
	t.deepEqual(listAlerts({overview: buildOverview({alerts: [acknowledged, buildAlert({key: 'b'})]})}).map(({key}) => key), ['b', 'a']);
	t.deepEqual(listJobs({jobs: [job({id: 1, state: 'done'}), job({id: 2, state: 'failed'}), job({id: 3}), job({id: 4, state: 'queued'})]}).map(({id}) => id), [3, 4, 2, 1]);
});

test('what others do is what no job of this screen does', t => {
	const activity = buildActivity();
	t.deepEqual(foreignActivities({overview: buildOverview({activities: [activity]}), jobs: []}), [activity]);
	t.deepEqual(foreignActivities({overview: buildOverview({activities: [activity]}), jobs: [job({processId: activity.process.pid})]}), []);
});

test('a share needs a total', t => {
	t.is(shareOf({bytes: 1, files: 1}), undefined);
	t.is(shareOf({bytes: 5, totalBytes: 10, files: 0}), 0.5);
	t.is(shareOf({bytes: 50, totalBytes: 10, files: 0}), 1);
	t.is(shareOf({bytes: 0, totalBytes: 0, files: 1, totalFiles: 4}), 0.25);
});
