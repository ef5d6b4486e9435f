import process from 'node:process';
import test from 'ava';
import {alertRows} from '../../../source/ui/panes/alerts.tsx';
import {nextText, runStrip} from '../../../source/ui/panes/backups.tsx';
import {jobPaneRows} from '../../../source/ui/panes/jobs.tsx';
import {keyRows, rotationText} from '../../../source/ui/panes/keys.tsx';
import {storageRows} from '../../../source/ui/panes/storage.tsx';
import type {Row} from '../../../source/ui/row.ts';
import {createTheme} from '../../../source/ui/theme.ts';
import {prepareWidths} from '../../../source/text/display-text.ts';
import {ago, buildActivity, buildAlert, buildOverview, dayMs, nowMs, runs} from '../../helpers/overview-builder.ts';

await prepareWidths(['…']);
process.env['TZ'] = 'UTC';

const {glyphs} = createTheme({hasColor: false, hasUnicode: false});
const text = (rows: readonly Row[]): string => rows.map(({cells}) => cells.map(cell => cell.text).join('')).join('\n');

test('the strip of runs: the newest at the right, a mark for each outcome, blanks where there were none', t => {
	t.is(text([{cells: runStrip(runs('.!xi'), 6, glyphs)}]), '  .!x!');
	t.is(text([{cells: runStrip(runs('.'.repeat(20)), 14, glyphs)}]), '.'.repeat(14));
});

test('the next run: a time within a day, a date beyond, due when it is past', t => {
	t.is(nextText(undefined, nowMs), '-');
	t.is(nextText(ago(1), nowMs), 'due');
	t.is(nextText(new Date(nowMs + 60 * 60 * 1000).toISOString(), nowMs), '15:03');
	t.is(nextText(new Date(nowMs + 3 * dayMs).toISOString(), nowMs), '24 Nov');
});

test('keys: age against the limit, slots that expire, the next rotation in words', t => {
	const {keys} = buildOverview();
	const expiring = {...keys, keys: [{...keys.keys[0]!, expires: new Date(nowMs + 3 * dayMs).toISOString()}, keys.keys[1]!]};
	const shown = text(keyRows(expiring, {nowMs, columns: 60, glyphs, cursor: 1}));
	t.regex(shown, /WARN epoch 26a4f1c2 +83d\/90d \[#+-+\]/);
	t.regex(shown, /> this +root@vault01 .* EXP!/);
	t.is(rotationText(keys), 'next rotation in 7 days');
	t.is(rotationText({...keys, epochs: [{...keys.epochs[0]!, ageDays: 95}]}), 'rotation due since 5 days');
	t.is(rotationText({...keys, epochs: []}), 'no active epoch');
});

test('storage: what is known, and nothing that is not', t => {
	const overview = buildOverview();
	t.regex(text(storageRows(overview, 60, glyphs)), /71% +290 GB free\n growth \+3\.8 GB\/day {2}full in ~74 days\n size 710 GB {2}dedup 2\.9x/);
	const little = text(storageRows({storage: [{url: 's3://host/bucket', level: 'ok'}], ratios: {}}, 60, glyphs));
	t.regex(little, /size unknown/);
	t.regex(little, /growth: known after two days/);
	const slow = text(storageRows({storage: [{...overview.storage[0]!, daysUntilFull: 346_726}], ratios: {}}, 60, glyphs));
	t.notRegex(slow, /full in/);
	t.regex(text(storageRows({storage: [{...overview.storage[0]!, usedPercent: 93, level: 'critical'}], ratios: {}}, 60, glyphs)), /93% FULL/);
});

test('alerts: one line each where it is wide, with the next step where it is narrow', t => {
	const {alerts} = buildOverview();
	t.is(alertRows(alerts, undefined, {nowMs, glyphs, columns: 78, height: 5}).length, 3);
	const narrow = text(alertRows(alerts, 0, {nowMs, glyphs, columns: 38, height: 20}));
	t.regex(narrow, /x CRIT +9d win-share\n/);
	t.regex(narrow, /next: mount the share, then press\n +b/);
	t.regex(text(alertRows([buildAlert({acknowledged: {time: ago(0), user: 'root'}})], undefined, {nowMs, glyphs, columns: 38, height: 20})), /acknowledged/);
	t.regex(text(alertRows([], undefined, {nowMs, glyphs, columns: 38, height: 5})), /nothing to report/);
});

test('jobs of others are seen with their process', t => {
	const shown = text(jobPaneRows([], [buildActivity()], undefined, {columns: 60, glyphs, nowMs}));
	t.regex(shown, /RUN +backup mail-spool {2}process 999999999/);
	t.regex(shown, /38%/);
	t.regex(shown, /reading {2}34 GB of 88 GB {2}142 MB\/s {2}6m 23s left/);
	t.is(text(jobPaneRows([], [], undefined, {columns: 60, glyphs, nowMs})), '  nothing runs');
});
