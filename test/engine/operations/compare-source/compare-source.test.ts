import {appendFileSync, chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import {compareSource, type CompareSourceRequest} from '../../../../source/engine/operations/compare-source/compare-source.ts';
import type {SourceDifference} from '../../../../source/engine/operations/compare-source/difference.ts';
import {listSnapshots, packName, LoadedIndex} from '../../../../source/engine/repository/repository.ts';
import type {FilesSource} from '../../../../source/engine/sources/source.ts';
import {refusesAsync} from '../../../helpers/error-assertions.ts';
import {createTestRepository} from '../../../helpers/repository-session.ts';
import {buildSnapshot, type BuiltEntry} from '../../../helpers/snapshot-builder.ts';
import {createFolder, type Layout} from '../../../helpers/source-folder.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';

async function setUp(t: ExecutionContext, layout: Layout, rules: Partial<FilesSource> = {}) {
	const folder = createFolder(t, layout);
	// Beyond what any file of the test can be: times count as reliable.
	const runtime = createTestRuntime({startMs: Date.UTC(2999, 0, 1)});
	const {session, storage} = await createTestRepository(runtime);
	const source: FilesSource = {kind: 'files', name: 'data', paths: [folder], ...rules};
	await backup(session, {source});
	const compare = async (asked?: CompareSourceRequest) => {
		const request = asked ?? {sources: [source]};
		const differences: SourceDifference[] = [];
		const summary = await compareSource(session, {...request, onDifference(difference) {
			differences.push(difference);
		}});
		return {summary, differences, found: differences.map(({kind, path: at}) => [kind, path.relative(folder, at)])};
	};

	return {folder, session, storage, source, compare, runtime};
}

const layout: Layout = {'a.txt': 'aaa', 'b.bin': Buffer.alloc(700_000, 'b'), 'deep/er/c': 'c', 'deep/d': 'd', 'empty/': '', 'x.log': 'log'};

test('nothing changed: everything is compared, nothing found', async t => {
	const {compare} = await setUp(t, layout, {excludes: ['*.log']});
	const {summary, found} = await compare();
	t.deepEqual(found, []);
	t.is(summary.compared.length, 1);
	t.like(summary.compared[0], {source: 'data', bytes: 700_005, corrupt: 0, lost: 0});
	t.deepEqual(summary.problems, []);
	t.log(`${summary.compared[0]!.entries} entries`);
});

test('missing, new, changed in every way; excluded files count for nothing', async t => {
	const {compare, folder} = await setUp(t, {...layout, type: 'file', mode: 'm', 'same-size': 'one'}, {excludes: ['*.log'], ignoreFiles: ['.ignored']});
	const at = (name: string) => path.join(folder, name);
	rmSync(at('deep/er'), {recursive: true});
	appendFileSync(at('a.txt'), 'more');
	writeFileSync(at('new'), '');
	mkdirSync(at('newer/below'), {recursive: true});
	writeFileSync(at('y.log'), 'log');
	rmSync(at('type'));
	symlinkSync('a.txt', at('type'));
	chmodSync(at('mode'), 0o711);
	writeFileSync(at('same-size'), 'two');
	utimesSync(at('same-size'), 1, 1);
	const {found, differences, summary} = await compare();
	t.deepEqual(found.map(pair => pair.join(' ')).toSorted(), [['changed', 'a.txt'], ['changed', 'mode'], ['changed', 'same-size'], ['changed', 'type'], ['missing', 'deep/er'], ['new', 'new'], ['new', 'newer']].map(pair => pair.join(' ')));
	t.regex(differences.find(({path: name}) => name.endsWith('a.txt'))!.message, /size 3, now 7/);
	t.regex(differences.find(({path: name}) => name.endsWith('type'))!.message, /was a file and is a symlink/);
	t.deepEqual(summary.problems, []);
});

test('another content of the same size and mtime: rewritten where ctime tells, corrupt where nobody changed it', async t => {
	const {compare, folder, session} = await setUp(t, {one: 'one', two: Buffer.alloc(2_000_000, 'z')});
	const file = path.join(folder, 'two');
	const {atime, mtime} = lstatSync(file);
	const bytes = readFileSync(file);
	bytes[1_999_999]! ^= 1;
	const exact = new Date(Math.floor(mtime.getTime()));
	writeFileSync(file, bytes);
	utimesSync(file, atime, exact);
	// A snapshot that says what the disk says of the file, but for its bytes.
	const entriesFor = (hasCtime: boolean): BuiltEntry[] => {
		const parts = folder.split('/').filter(part => part !== '');
		const stats = lstatSync(file, {bigint: true});
		let entry: BuiltEntry = {
			name: 'two', content: Buffer.alloc(2_000_000, 'z'), mode: Number(stats.mode & 0o7777n), uid: Number(stats.uid), gid: Number(stats.gid), mtimeNs: stats.mtimeNs,
			ctimeNs: hasCtime ? stats.ctimeNs : stats.ctimeNs - 1n, device: String(stats.dev), inode: String(stats.ino),
		};
		for (const name of parts.toReversed()) {
			entry = {name, entries: [entry], isAncestor: true};
		}

		return [entry];
	};

	const touched = await compare({snapshots: [(await buildSnapshot(session, entriesFor(false))).snapshot.id]});
	// The snapshot claims all of /, of which it has one file.
	t.deepEqual(touched.found.filter(([kind]) => kind !== 'new'), [['rewritten', 'two']]);
	t.is(touched.summary.problemsTotal, 0);
	const rotten = await compare({snapshots: [(await buildSnapshot(session, entriesFor(true))).snapshot.id]});
	t.deepEqual(rotten.found.filter(([kind]) => kind !== 'new'), [['corrupt', 'two']]);
	t.is(rotten.summary.problemsTotal, 1);
	t.regex(rotten.summary.problems[0]!.message, /nobody changed it/);
	t.is(rotten.summary.compared[0]!.bytes, 2_000_000);
});

test('content that the repository has lost is a problem, too', async t => {
	const {compare, session, storage, folder} = await setUp(t, {one: 'one', two: 'two'});
	for (const {id, kind} of (await LoadedIndex.load(session)).packs) {
		if (kind === 'data') {
			await storage.remove(packName(id));
		}
	}

	for (const {name} of await storage.list('index')) {
		await storage.remove(name);
	}

	const {found, summary} = await compare();
	t.deepEqual(found, [['lost', 'one'], ['lost', 'two']]);
	t.is(summary.problemsTotal, 2);
	t.true(summary.problems[0]!.path.startsWith(folder));
});

test('which snapshots: of configured sources, else of all from this host; named ones; other hosts are noted', async t => {
	const {compare, source, session, runtime} = await setUp(t, layout);
	const {id} = (await listSnapshots(session)).snapshots[0]!;
	const second = {...source, name: 'later', paths: [createFolder(t)]};
	t.deepEqual((await compare({})).summary.compared.map(({snapshot}) => snapshot), [id]);
	const {summary} = await compare({sources: [source, second]});
	t.is(summary.compared.length, 1);
	t.regex(summary.notes.join(' '), /no snapshot of "later"/);
	runtime.forward(1000);
	await backup(session, {source});
	t.not((await compare()).summary.compared[0]!.snapshot, id);
	t.is((await compare({snapshots: [id.slice(0, 10)]})).summary.compared[0]!.snapshot, id);
	const foreign = await buildSnapshot(session, []);
	t.regex((await compare({snapshots: [foreign.snapshot.id]})).summary.notes.join(' '), /was made on host;/);
	await refusesAsync(t, async () => compare({snapshots: ['ffff']}), 'snapshot-missing');
});

test('snapshots of other kinds hold nothing to compare: they are left out with a note, and refused where they are asked for', async t => {
	const {session, source, compare} = await setUp(t, layout);
	const crm = await buildSnapshot(session, [{name: 'crm.dump', content: 'PGDMP'}], {kind: 'postgres', source: 'crm', host: 'test-host'});
	await buildSnapshot(session, [{name: 'crm.git', entries: []}], {kind: 'git', source: 'code', host: 'test-host'});
	await buildSnapshot(session, [{name: 'x'}], {kind: 'command', source: 'elsewhere', host: 'other'});
	for (const request of [{}, {sources: [source]}]) {
		const {summary, found} = await compare(request);
		t.deepEqual(summary.compared.map(({source: name}) => name), ['data']);
		t.deepEqual(found, []);
		t.deepEqual(summary.notes, ['Not compared, as their snapshots hold no files as they stand on a disk: "crm" (postgres), "code" (git).']);
	}

	await refusesAsync(t, async () => compare({snapshots: ['latest:data', crm.snapshot.id]}), 'usage', /of "crm" is of the kind postgres: .* "coffer verify" proves/);
});

test('names that are not UTF-8, control characters, and a source that is a file or is gone', async t => {
	const folder = createFolder(t, {'line\nbreak\u001B[31m': 'x', file: 'f'});
	const odd = Buffer.concat([Buffer.from(`${folder}/odd`), Buffer.from([0xFF])]);
	writeFileSync(odd, 'odd');
	const {session, compare} = await setUp(t, {});
	await backup(session, {source: {kind: 'files', name: 'odd', paths: [folder]}});
	await backup(session, {source: {kind: 'files', name: 'file', paths: [path.join(folder, 'file')]}});
	t.deepEqual((await compare({snapshots: ['latest:odd', 'latest:file']})).differences, []);
	unlinkSync(odd);
	unlinkSync(path.join(folder, 'line\nbreak\u001B[31m'));
	t.deepEqual((await compare({snapshots: ['latest:odd']})).differences.map(({kind, path: name}) => [kind, name]), [['missing', `${folder}/line\nbreak\u001B[31m`], ['missing', `${folder}/odd\uFFFD`]]);
	t.deepEqual((await compare({snapshots: ['latest:file']})).differences, []);
	rmSync(folder, {recursive: true});
	t.deepEqual((await compare({snapshots: ['latest:odd', 'latest:file']})).differences.map(({kind, path: name}) => [kind, name]), [['missing', folder], ['missing', folder]]);
});
