import test from 'ava';
import {footerCells} from '../../../source/ui/components/footer.tsx';
import {dataCells, staleDataMs} from '../../../source/ui/components/header.tsx';
import {toAscii} from '../../../source/ui/components/line.tsx';
import {edge} from '../../../source/ui/components/panel.tsx';
import {statusCells} from '../../../source/ui/components/status-line.tsx';
import type {Job} from '../../../source/ui/model/job.ts';
import {widthOf, type Cell} from '../../../source/ui/row.ts';
import {createTheme, hasUnicodeLocale} from '../../../source/ui/theme.ts';
import {displayWidth, prepareWidths} from '../../../source/text/display-text.ts';
import {buildActivity, buildOverview, nowMs} from '../../helpers/overview-builder.ts';

await prepareWidths(['…']);

const theme = createTheme({hasColor: false, hasUnicode: false});
const text = (cells: readonly Cell[]): string => cells.map(cell => cell.text).join('');

test('the age of the data: fresh, stale, out of reach', t => {
	const ready = {status: 'ready'} as const;
	const offline = {status: 'offline', failure: {code: 'storage-failed', message: 'gone'}, sinceMs: nowMs} as const;
	t.is(text(dataCells({link: {status: 'opening'}, nowMs})), 'opening');
	t.is(text(dataCells({link: ready, nowMs, overviewMs: nowMs - 2000})), 'data 2s');
	t.is(text(dataCells({link: ready, nowMs, overviewMs: nowMs - staleDataMs - 15_000})), 'STALE 45s');
	t.is(text(dataCells({link: offline, nowMs, overviewMs: nowMs - 300_000})), 'OFFLINE 5m');
	t.is(text(dataCells({link: offline, nowMs})), 'OFFLINE');
});

test('the status line: a notice first, then what runs here, then elsewhere, then what is wrong', t => {
	const job: Job = {id: 1, kind: 'backup', subject: 'home', state: 'running', phases: [], warnings: [], warningCount: 0, progress: {phase: 'reading', files: 1, bytes: 50, totalBytes: 100, rate: 10}};
	const base = {jobs: [job], link: {status: 'ready'}, overview: buildOverview({activities: [buildActivity()]})} as const;
	const of = (state: Parameters<typeof statusCells>[0]): string => text(statusCells(state, 80, theme.glyphs));
	t.is(of({...base, notice: {text: 'Saved.', tone: 'ok', untilMs: 0}}), ' Saved.');
	t.regex(of({...base, jobs: [job, {...job, id: 2, state: 'queued'}]}), /backup home reading \[#+-+\] +50%.*\+1 queued/);
	t.regex(of({...base, jobs: [{...job, state: 'stopping'}]}), /stopping: backup home/);
	t.regex(of({...base, jobs: []}), /backup mail-spool .*38%.* process 999999999/);
	t.is(of({jobs: [], link: {status: 'offline', failure: {code: 'storage-failed', message: 'not mounted'}, sinceMs: 0}}), ' not mounted');
	t.is(of({jobs: [], link: {status: 'ready'}}), '');
});

test('the footer fits any width, leaves out what can do nothing, and always has help and the way out', t => {
	for (let width = 20; width <= 200; width += 7) {
		const cells = footerCells('main', width, action => action === 'restore');
		t.true(widthOf(cells) <= Math.max(width, 20));
		t.regex(text(cells), /\? help {2}q quit/);
		t.false(text(cells).includes('restore'));
	}

	t.regex(text(footerCells('source', 80, () => false)), /b backup .* Esc back/);
});

test('edges of panes are as wide as the pane, however long their texts', t => {
	for (const width of [5, 10, 40, 80]) {
		for (const left of ['', 'Title', 'a very long title that no narrow pane has room for at all, and on and on and on']) {
			t.is(displayWidth(edge(theme, width, {isTop: true, isFocused: false, left, right: 'status'})), width, `${width} ${left}`);
		}
	}
});

test('without Unicode every character has a stand-in of its width', t => {
	t.is(toAscii('plain'), 'plain');
	t.is(toAscii('é…漢'), '?~??');
});

test('the locale decides about Unicode', t => {
	t.true(hasUnicodeLocale({LANG: 'de_DE.UTF-8'}));
	t.true(hasUnicodeLocale({LANG: 'C', LC_ALL: 'C.utf8'}));
	t.false(hasUnicodeLocale({LANG: 'C.UTF-8', LC_ALL: 'C'}));
	t.false(hasUnicodeLocale({}));
	t.false(hasUnicodeLocale({LANG: 'C.UTF-8', TERM: 'linux'}));
});
