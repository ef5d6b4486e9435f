import test from 'ava';
import {CofferError, type FolderEntry} from '../../../../source/engine/index.ts';
import {displayWidth} from '../../../../source/text/display-text.ts';
import {versionsDelayMs} from '../../../../source/ui/screens/restore/pick/loading.ts';
import {drawRestore} from '../../../helpers/drawn-restore.tsx';
import {buildRestoreSummary} from '../../../helpers/restore-summary.ts';

/** Names that a file can have. */
const names = [
	'\u001B[2J\u001B[H\u001B]0;owned\u0007', 'new\nline\rreturn\ttab', '\u202Egnp.exe', '\u009B31mC1', 'zero\u200Bwidth\u200D\u2060\uFEFF', 'line\u2028para\u2029', 'tag\u{E0041}\u{E007F}',
	'日本語の名前'.repeat(12), 'x'.repeat(255), 'e\u0301'.repeat(120), '👩‍👩‍👧‍👦 family', '🇩🇪🇫🇷 flags', 'ｆｕｌｌ　ｗｉｄｔｈ', 'ﷺ ligature', 'עברית and عربى', ' ', '  leading', '-rf', '.hidden\u0007',
];

const entries = names.map((name, index): FolderEntry => ({path: `/${name}`, type: index % 5 === 4 ? 'symlink' : (index % 3 === 2 ? 'directory' : 'file'), mode: 0o644, uid: 0, gid: 0, mtime: '2026-11-20T00:00:00.000000000Z', size: index ** 7, target: names.at(-index)!}));

for (const size of [{columns: 80, rows: 24}, {columns: 120, rows: 36}]) {
	for (const hasUnicode of [true, false]) {
		test(`names that would take over the terminal, at ${size.columns}x${size.rows}${hasUnicode ? '' : ' without Unicode'}`, async t => {
			let frames = 0;
			const drawn = await drawRestore(t, size, {tree: {}, snapshot: 0, hasUnicode, engine: {
				async listFolder(_, {path}) {
					if (path !== '/') {
						throw new CofferError('damaged', `"${path}" is damaged.`);
					}

					return entries;
				},
				measureFolder: async () => ({files: 9_007_199_254_740_991, bytes: 9_007_199_254_740_991}),
				searchSnapshot: async () => entries,
				async entryVersions() {
					throw new CofferError('damaged', `"${names[0]!}" is damaged.`);
				},
			}});
			const {press, type, clock, settle, asked} = drawn;
			const look = async () => {
				const text = await drawn.text();
				const framed = text.split('\n').filter(line => /^[│┃|]/.test(line));
				t.deepEqual(framed.filter(line => displayWidth(line) !== size.columns), []);
				if (!hasUnicode) {
					t.regex(text, /^[\n\u0020-\u007E]*$/);
				}

				frames++;
				return text;
			};

			for (const _ of names) {
				await press('enter', 'space');
				clock.advance(versionsDelayMs);
				await settle();
				await look();
			}

			t.true((await look()).includes(String.raw`\x1b[2J\x1b[H`));
			await press('/');
			await type('日本語👩');
			await press('enter');
			await look();
			await press('j', 'j', 'space', 'escape', 'n');
			await look();
			await press('e');
			await look();
			await press('enter', 'enter');
			asked[0]!.answer(buildRestoreSummary({
				planned: {create: 9_007_199_254_740_991, folders: 9_007_199_254_740_991, replace: 1}, failed: names.length, problems: names.map(name => ({path: `/${name}`, message: `${name} is damaged.`})),
				preview: names.map((name, index) => ({path: `/${name}`, action: index % 2 === 0 ? 'create' : 'replace', size: 10 ** (index % 15)})),
				neededBytes: 9_007_199_254_740_991, freeBytes: 1,
			}));
			await settle();
			// The list holds each name twice, and shows several at once.
			for (let line = 0; line < 2 * names.length; line += 5) {
				await look();
				await press('page-down');
			}

			await press('y');
			await look();
			await type('web');
			await press('enter');
			for (const name of names) {
				asked[1]!.tell({event: 'progress', phase: 'writing', files: 1, bytes: 1, totalBytes: 3, rate: 1, current: `/${name}`});
				asked[1]!.tell({event: 'warning', kind: 'lost', path: name, message: `${name} was not restored.`});
				clock.advance(1000);
				await look();
			}

			asked[1]!.fail(new CofferError('storage-failed', `${names.join(' ')} failed`));
			await settle();
			await look();
			t.log(`${frames} frames with ${names.length} names`);
		});
	}
}

for (const size of [{columns: 40, rows: 10}, {columns: 60, rows: 15}, {columns: 79, rows: 23}]) {
	test(`the restore stays within a terminal of ${size.columns}x${size.rows}`, async t => {
		const {press, type, text, asked, settle} = await drawRestore(t, size, {tree: {srv: {folder: {'a.txt': 1, 'b.txt': 2}}}});
		await text();
		await press('enter');
		t.true((await text()).includes('[2 Pick]'));
		await press('/');
		await type('a');
		await press('enter');
		t.true((await text()).includes('a.txt'));
		await press('n');
		t.true((await text()).includes('A folder'));
		await press('enter');
		await text();
		asked[0]!.answer(buildRestoreSummary({planned: {replace: 1}, preview: [{path: '/srv/a.txt', action: 'replace', size: 1}]}));
		await settle();
		t.true((await text()).includes('! replaced'));
		await press('y');
		t.true((await text()).includes('To go on'));
		await type('web');
		await press('enter');
		await text();
		asked[1]!.answer(buildRestoreSummary({problems: [{path: '/srv/a.txt', message: 'it is damaged.'}]}));
		await settle();
		t.true((await text()).includes('1 restored'));
	});
}
