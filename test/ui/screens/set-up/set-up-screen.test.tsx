import test, {type ExecutionContext} from 'ava';
import {CofferError, type FilesSource, type Source} from '../../../../source/engine/index.ts';
import type {FirstRun, SetUpChoice, SourceProposal} from '../../../../source/ui/dashboard-options.ts';
import {paste} from '../../../../source/ui/press-key.ts';
import type {Size} from '../../../../source/ui/model/state.ts';
import {drawDashboard} from '../../../helpers/drawn-dashboard.tsx';
import {createFakeEngine} from '../../../helpers/fake-engine.ts';
import {hostileNames} from '../../../helpers/hostile-names.ts';
import {assertFrame, screenSizes} from '../../../helpers/screen-assertions.ts';

const found: readonly FilesSource[] = [{kind: 'files', name: 'etc', paths: ['/etc']}, {kind: 'files', name: 'root', paths: ['/root'], excludes: ['.cache/']}, {kind: 'files', name: 'www', paths: ['/var/www']}];
const small = screenSizes[0]!;

async function draw(t: ExecutionContext, size: Size, change: Partial<Omit<FirstRun, 'proposal'>> & {readonly sources?: readonly Source[]; readonly proposals?: Readonly<Record<string, Partial<SourceProposal>>>; readonly hasUnicode?: boolean} = {}) {
	const engine = createFakeEngine();
	const choices: SetUpChoice[] = [];
	let exits = 0;
	const drawn = await drawDashboard(t, size, {hasUnicode: change.hasUnicode ?? false, start: {
		proposal: {repository: '/var/lib/coffer/repository', keyFile: '/etc/coffer/key', configFile: '/etc/coffer/config.json', sources: (change.sources ?? found).map(source => ({source, isMarked: true, ...change.proposals?.[source.name]}))},
		checkFolder: change.checkFolder ?? (async folder => folder === '/nowhere' ? '/nowhere does not exist.' : undefined),
		async create(choice) {
			choices.push(choice);
			return await change.create?.(choice) ?? {url: choice.repository, sources: choice.sources.map(source => ({source})), startEngine: () => engine};
		},
	}});
	const {terminal} = drawn.dashboard;
	drawn.dashboard.terminal = {...terminal!, exit() {
		exits++;
	}};
	return {...drawn, engine, choices, exits: () => exits};
}

for (const size of screenSizes) {
	test(`the first run at ${size.columns}x${size.rows} shows what will be created and what was found`, async t => {
		const {frame, press} = await draw(t, size);
		const lines = await frame();
		assertFrame(t, lines, size);
		const text = lines.map(line => line.replaceAll('|', '').trim()).join(' ');
		for (const part of [
			'> Repository     /var/lib/coffer/repository', 'Key file       /etc/coffer/key', 'Configuration  /etc/coffer/config.json', 'copy it to another place', 'until then nothing is written',
			'3 of 3 marked', '[x] etc     /etc', '[x] root    /root, without .cache/', 'Enter create', '+ add folder', 'q quit',
		]) {
			t.true(text.includes(part), part);
		}

		t.false(lines[0]!.includes('opening'));
		await press('G', 'space');
		const marked = await frame();
		assertFrame(t, marked, size);
		t.true(marked.some(line => line.includes('> [ ] www')));
		t.true(marked.some(line => line.includes('2 of 3 marked')));
	});
}

test('Enter creates what is shown; the first backups begin at once, and where the key file is stays on the screen', async t => {
	const {press, frame, choices, engine, dashboard, settle} = await draw(t, small);
	await press('j', 'j', 'j', 'space', 'enter');
	await settle();
	t.deepEqual(choices, [{repository: '/var/lib/coffer/repository', keyFile: '/etc/coffer/key', sources: [found[0]!, found[2]!]}]);
	t.deepEqual(engine.calls.filter(call => call.startsWith('backup')), ['backup etc', 'backup www']);
	t.deepEqual(dashboard.state.screens, []);
	t.is(dashboard.state.main.focus, 'jobs');
	const lines = await frame();
	assertFrame(t, lines, small);
	t.true(lines[1]!.includes('Keep the key file safe'));
	t.true(lines.some(line => line.includes('/etc/coffer/key')));
	t.true(lines.some(line => line.includes('5 Jobs')));
	t.true(lines.some(line => line.includes('backup etc')));
	await press('x');
	t.is(dashboard.state.overlay, undefined);
});

test('while it is being created nothing can be changed, and the screen says so', async t => {
	const creation = Promise.withResolvers<void>();
	const {press, frame, choices, dashboard, exits} = await draw(t, small, {async create(choice) {
		await creation.promise;
		return {url: choice.repository, sources: [], startEngine: () => createFakeEngine()};
	}});
	await press('enter');
	t.true((await frame())[2]!.includes('Creating the repository, the key file and the configuration'));
	await press('enter', 'j', 'j', 'space', 'e', '+', 'q');
	t.is(choices.length, 1);
	t.is(exits(), 0);
	t.is(dashboard.state.overlay, undefined);
	t.like(dashboard.state.screens.at(-1), {isCreating: true, chosen: ['etc', 'root', 'www']});
	t.true(dashboard.state.notice!.text.startsWith('Everything is being created'));
	await dashboard.close();
	creation.resolve();
	await frame();
	// What was left before it was through is not opened any more.
	t.is(dashboard.connection, undefined);
});

test('what stands in the way is shown, nothing that was typed is lost, and Enter tries again', async t => {
	let tries = 0;
	const {press, type, frame, choices, engine, dashboard} = await draw(t, small, {async create(choice) {
		if (++tries === 1) {
			throw new CofferError('repository-exists', 'There is a repository at /srv/backup already.');
		}

		return {url: choice.repository, sources: choice.sources.map(source => ({source})), startEngine: () => engine};
	}});
	await press('e', 'ctrl-u');
	await type('/srv/backup');
	await press('enter', 'j', 'j', 'space', 'enter');
	const lines = await frame();
	assertFrame(t, lines, small);
	t.true(lines[2]!.includes('It could not be created: There is a repository at /srv/backup already.'));
	t.true(lines.some(line => line.includes('Repository     /srv/backup')));
	t.true(lines.some(line => line.includes('> [ ] etc')));
	t.is(dashboard.connection, undefined);
	await press('enter');
	t.deepEqual(choices.map(({repository, sources}) => [repository, sources.length]), [['/srv/backup', 2], ['/srv/backup', 2]]);
	t.deepEqual(engine.calls.filter(call => call.startsWith('backup')), ['backup root', 'backup www']);
});

test('a path that cannot be is refused where it is typed, and can be corrected there', async t => {
	const {press, type, frame, dashboard} = await draw(t, small);
	await press('j', 'e');
	t.true((await frame()).some(line => line.includes('/etc/coffer/key') && line.includes('> ')));
	await press('ctrl-u');
	paste(dashboard, 'key\n');
	await press('enter');
	const lines = await frame();
	assertFrame(t, lines, small);
	t.true(lines.some(line => line.includes('That is no absolute path')));
	await press('ctrl-u');
	t.false((await frame()).some(line => line.includes('That is no absolute path')));
	await type('/var/lib/coffer/repository/key');
	await press('enter');
	t.true((await frame()).some(line => line.includes('may not be in the repository')));
	await press('ctrl-u');
	await type('/root/coffer.key');
	await press('enter');
	t.is(dashboard.state.overlay, undefined);
	t.like(dashboard.state.screens.at(-1), {keyFile: '/root/coffer.key'});
	await press('e', 'ctrl-u', 'escape');
	t.like(dashboard.state.screens.at(-1), {keyFile: '/root/coffer.key'});
});

test('a folder is added once it is known to exist', async t => {
	const {press, type, frame, dashboard} = await draw(t, small);
	await press('+');
	await type('/nowhere');
	await press('enter');
	t.true((await frame()).some(line => line.includes('/nowhere does not exist.')));
	t.like(dashboard.state.overlay, {kind: 'prompt', line: {text: '/nowhere', cursor: 8}});
	await press('ctrl-u');
	await type('/srv/git/');
	await press('enter');
	const lines = await frame();
	t.true(lines.some(line => line.includes('> [x] git') && line.includes('/srv/git')));
	t.true(lines.some(line => line.includes('4 of 4 marked')));
	t.is(dashboard.state.overlay, undefined);
});

test('a folder that is refused while something else is open is told of in the status line', async t => {
	const check = Promise.withResolvers<string>();
	const {press, type, frame, dashboard} = await draw(t, small, {checkFolder: async () => check.promise});
	await press('+');
	await type('/slow');
	await press('enter', '?');
	check.resolve('/slow does not exist.');
	await frame();
	t.like(dashboard.state.overlay, {kind: 'help'});
	t.is(dashboard.state.notice?.text, '/slow does not exist.');
});

test('what a key cannot do here, it says', async t => {
	const {press, type, dashboard, choices} = await draw(t, small, {sources: []});
	const says = async (key: string) => {
		await press(key);
		return dashboard.state.notice?.text;
	};

	t.is(await says('space'), 'Space marks a source; e edits this.');
	t.is(await says('enter'), 'Mark at least one source with Space, or add a folder with +.');
	t.is(choices.length, 0);
	t.is(await says('R'), undefined);
	await press('+');
	await type('/');
	await press('enter', 'j', 'j');
	t.is(await says('e'), 'e edits the repository or the key file; Space marks a source.');
});

test('where nothing was found the screen says how to add a folder', async t => {
	const {frame} = await draw(t, small, {sources: []});
	t.true((await frame()).some(line => line.includes('No folder that usually matters was found here: + adds one.')));
});

for (const key of ['q', 'escape', 'ctrl-c']) {
	test(`${key} leaves, and nothing is created`, async t => {
		const {press, exits, choices} = await draw(t, small);
		await press(key);
		t.is(exits(), 1);
		t.is(choices.length, 0);
	});
}

test('on small terminals and with many sources the cursor is always seen', async t => {
	const sources = Array.from({length: 40}, (_, index): FilesSource => ({kind: 'files', name: `source-${index}`, paths: [`/srv/${index}`]}));
	for (const size of [{columns: 60, rows: 12}, {columns: 40, rows: 10}, small, screenSizes[1]!]) {
		const {press, frame} = await draw(t, size, {sources});
		for (let row = 0; row < 42; row += 6) {
			const lines = await frame();
			assertFrame(t, lines, size);
			t.is(lines.filter(line => line.includes('|> ')).length, 1, `row ${row} at ${size.columns}x${size.rows}:\n${lines.join('\n')}`);
			await press('j', 'j', 'j', 'j', 'j', 'j');
		}
	}
});

for (const hasUnicode of [false, true]) {
	test(`hostile names and messages steer no terminal and break no line (${hasUnicode ? 'with' : 'without'} Unicode)`, async t => {
		const sources = hostileNames.map((name): FilesSource => ({kind: 'files', name, paths: [`/srv/${name}`], excludes: [name]}));
		let frames = 0;
		for (const size of screenSizes.slice(0, 2)) {
			const {press, frame} = await draw(t, size, {hasUnicode, sources, async create() {
				throw new CofferError('storage-failed', `No: ${hostileNames.join(' ')}`);
			}});
			for (let row = 0; row < sources.length; row += 4) {
				assertFrame(t, await frame(), size);
				await press('j', 'j', 'j', 'j');
				frames++;
			}

			await press('enter');
			assertFrame(t, await frame(), size);
		}

		t.log(`${sources.length} names, ${frames} frames`);
	});
}

const other: readonly Source[] = [
	{kind: 'git', name: 'git', paths: ['/srv/git/crm.git', '/srv/git/shop.git', '/srv/git/web.git', '/srv/git/docs.git']},
	{kind: 'postgres', name: 'postgresql', host: '/run/postgresql', port: 5432},
	{kind: 'mysql', name: 'mysql', socket: '/run/mysqld/mysqld.sock'},
	{kind: 'sqlite', name: 'sqlite-crm', paths: ['/srv/crm/crm.sqlite']},
];

for (const size of screenSizes) {
	test(`repositories and databases at ${size.columns}x${size.rows}: listed with what they are, marked by nobody but a person`, async t => {
		const proposals = {...Object.fromEntries(other.map(({name}) => [name, {isMarked: false}])), postgresql: {isMarked: false, note: 'the socket belongs to postgres'}};
		const {frame, press, choices, engine} = await draw(t, size, {sources: [...found, ...other], proposals});
		await press('G');
		let lines = await frame();
		assertFrame(t, lines, size);
		const text = lines.join('\n');
		t.true(text.includes('3 of 7 marked'));
		t.regex(text, /\[ \] postgresql +postgres +all databases of \/run\/postgresql:5432; the socket/);
		for (const part of [/\[ \] mysql +mysql +all databases of \/run\/mysqld\/mysqld\.sock/, /> \[ \] sqlite-crm +sqlite +\/srv\/crm\/crm\.sqlite/]) {
			t.regex(text, part);
		}

		await press('space', 'up', 'up', 'up');
		lines = await frame();
		assertFrame(t, lines, size);
		t.true(lines.some(line => /> \[ \] git +git +\/srv\/git\/crm\.git, \/srv\/git\/shop\.git, \/srv\/git\/web/.test(line)));
		await press('enter');
		t.deepEqual(choices[0]!.sources, [...found, other[3]!]);
		t.deepEqual(engine.calls.filter(call => call.startsWith('backup')), ['backup etc', 'backup root', 'backup www', 'backup sqlite-crm']);
	});
}
