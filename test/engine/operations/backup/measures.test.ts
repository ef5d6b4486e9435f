import {Buffer} from 'node:buffer';
import {chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test, {type ExecutionContext} from 'ava';
import type {ChangeMeasures, ContentMeasures} from '../../../../source/engine/content-measures.ts';
import {backup} from '../../../../source/engine/operations/backup/backup.ts';
import type {BlobKind, RepositorySession} from '../../../../source/engine/repository/repository.ts';
import {createSystemRuntime} from '../../../../source/engine/runtime.ts';
import {encryptFiles, filesBelow, mixedLayout} from '../../../helpers/mixed-tree.ts';
import {readPackKinds} from '../../../helpers/pack-kinds.ts';
import {createTestRepository, newestSnapshot, withRole} from '../../../helpers/repository-session.ts';
import {createFolder, writeLayout} from '../../../helpers/source-folder.ts';

const runtime = createSystemRuntime();
const text = (seed: string) => `${seed} `.repeat(40);
const tree = {a: text('a'), b: text('b'), empty: '', 'sub/c': text('c'), 'sub/d': text('d'), 'sub/deep/e': text('e')};

async function prepare(t: ExecutionContext, layout: Readonly<Record<string, string | Uint8Array>> = tree) {
	const folder = createFolder(t, layout);
	const {session} = await createTestRepository(runtime);
	const source = {kind: 'files', name: 'files', paths: [folder]} as const;
	const messages: string[] = [];
	const measure = async (by = session): Promise<ContentMeasures> => {
		await backup(by, {source}, {onEvent(event) {
			if (event.event === 'warning') {
				messages.push(event.message);
			}
		}});
		const {statistics} = await newestSnapshot(session);
		return statistics.measures!;
	};

	return {folder, session, measure, messages, in: (name: string) => path.join(folder, name)};
}

/** Make all packs of a kind unreadable. */
async function spoil(session: RepositorySession, wanted: BlobKind): Promise<void> {
	for (const [name, kind] of await readPackKinds(session)) {
		if (kind === wanted) {
			await session.storage.write(name, Buffer.alloc(100));
		}
	}
}

type Counts = Partial<ChangeMeasures> & Pick<ContentMeasures, 'readFiles' | 'returnedFiles'>;
type Folder = Awaited<ReturnType<typeof prepare>>['in'];

const steps: ReadonlyArray<readonly [title: string, change: (at: Folder) => void, counts: Counts]> = [
	['nothing', () => undefined, {readFiles: 0, returnedFiles: 0}],
	['a file is new', at => {
		writeFileSync(at('new'), text('new'));
	}, {newFiles: 1, readFiles: 1, returnedFiles: 0}],
	['one has changed', at => {
		writeFileSync(at('a'), text('A'));
	}, {changedFiles: 1, readFiles: 1, returnedFiles: 0}],
	['one was touched alone', at => {
		chmodSync(at('a'), 0o600);
	}, {readFiles: 1, returnedFiles: 0}],
	['one was moved', at => {
		renameSync(at('a'), at('z'));
	}, {newFiles: 1, removedFiles: 1, readFiles: 1, returnedFiles: 1}],
	['one has the content of another', at => {
		writeFileSync(at('a'), text('b'));
	}, {changedFiles: 1, readFiles: 1, returnedFiles: 1}],
	['a folder is gone', at => {
		rmSync(at('sub'), {recursive: true});
	}, {removedFiles: 3, readFiles: 0, returnedFiles: 0}],
	['a file became a folder', at => {
		rmSync(at('a'));
		mkdirSync(at('a'));
		writeFileSync(at('a/inner'), text('inner'));
	}, {newFiles: 1, removedFiles: 1, readFiles: 1, returnedFiles: 0}],
	['a folder became a file', at => {
		rmSync(at('sub'), {recursive: true});
		writeFileSync(at('sub'), text('sub'));
	}, {newFiles: 1, removedFiles: 3, readFiles: 1, returnedFiles: 0}],
	['a file became a link', at => {
		rmSync(at('b'));
		symlinkSync('a', at('b'));
	}, {readFiles: 0, returnedFiles: 0}],
	['a file got another name besides', at => {
		linkSync(at('a'), at('a2'));
	}, {newFiles: 1, readFiles: 2, returnedFiles: 0}],
	['an empty one was filled', at => {
		writeFileSync(at('empty'), text('no more'));
	}, {changedFiles: 1, readFiles: 1, returnedFiles: 0}],
];

for (const [title, change, {readFiles, returnedFiles, ...changes}] of steps) {
	test(`what is counted: ${title}`, async t => {
		const {measure, in: at} = await prepare(t);
		const first = await measure();
		t.like(first, {readFiles: 6, examinedFiles: 5, opaqueFiles: 0, returnedFiles: 0});
		t.false('changes' in first || 'former' in first);
		change(at);
		const second = await measure();
		t.deepEqual(second.changes, {before: 6, newFiles: 0, changedFiles: 0, opaqueChangedFiles: 0, removedFiles: 0, ...changes});
		t.like(second, {readFiles, returnedFiles});
		const before = 6 + (changes.newFiles ?? 0) - (changes.removedFiles ?? 0);
		t.deepEqual((await measure()).changes, {before, newFiles: 0, changedFiles: 0, opaqueChangedFiles: 0, removedFiles: 0}, 'what was counted once is not counted again');
	});
}

test('a key that cannot read what is stored measures no changes', async t => {
	const {session, measure} = await prepare(t);
	const writer = await withRole(session, 'backup');
	await measure(writer);
	const second = await measure(writer);
	t.like(second, {readFiles: 6, examinedFiles: 5, opaqueFiles: 0});
	t.false('changes' in second);
});

test('where the previous tree cannot be read, nothing is taken for changed or gone', async t => {
	const {session, measure, messages} = await prepare(t);
	await measure();
	await spoil(session, 'tree');

	const second = await measure();
	t.false('changes' in second);
	t.regex(messages.join('\n'), /previous snapshot cannot be read/);
});

test('where no former content can be read, nothing is said of what it was', async t => {
	const {folder, session, measure} = await prepare(t, mixedLayout(40));
	await measure();
	await spoil(session, 'data');

	encryptFiles(filesBelow(folder));
	t.deepEqual((await measure()).former, {files: 0, opaqueFiles: 0});
	const {incidents} = await newestSnapshot(session);
	t.is(incidents, undefined);
	writeLayout(folder, mixedLayout(40));
	t.truthy((await measure()).changes);
});
