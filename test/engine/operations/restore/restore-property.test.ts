import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {fromText} from '../../../../source/engine/byte-string.ts';
import {restore} from '../../../../source/engine/operations/restore/restore.ts';
import {createTestRepository} from '../../../helpers/repository-session.ts';
import {buildSnapshot, type BuiltEntry} from '../../../helpers/snapshot-builder.ts';
import {createFolder} from '../../../helpers/source-folder.ts';
import {createTestRuntime} from '../../../helpers/test-runtime.ts';
import {walkFolder} from '../../../helpers/walk-folder.ts';

const name = fc.uint8Array({minLength: 1, maxLength: 12})
	.map(bytes => Buffer.from(bytes).toString('latin1').replaceAll(/[/\0]/g, 'x'))
	.filter(text => text !== '.' && text !== '..');
const fileContent = fc.uint8Array({maxLength: 300}).map(bytes => Buffer.from(bytes));
const common = {mtimeNs: fc.bigInt(-2_000_000_000_000_000_000n, 4_200_000_000_000_000_000n)};
const {entries: entriesOf} = fc.letrec<{entries: BuiltEntry[]; entry: BuiltEntry}>(tie => ({
	entries: fc.uniqueArray(tie('entry'), {maxLength: 6, selector: entry => entry.name}),
	entry: fc.oneof(
		{depthSize: 'small', withCrossShrink: true},
		// Readable, as the test has to read them, and not only as root.
		fc.record({name, ...common, mode: fc.integer({min: 0, max: 0o777}).map(mode => mode | 0o400), content: fileContent, isSparse: fc.boolean()}),
		fc.record({name, ...common, target: fc.string({minLength: 1, maxLength: 10}).map(text => fromText(text.replaceAll('\0', 'x')))}),
		fc.record({name, ...common, mode: fc.integer({min: 0, max: 0o777}).map(mode => mode | 0o700), entries: tie('entries')}),
	),
}));

type Expected = {type: string | undefined; mode?: number; mtimeUs: bigint; content?: string | undefined; target?: string | undefined};

function expectedOf(entries: readonly BuiltEntry[], folder: string, into: Map<string, Expected>): Map<string, Expected> {
	for (const entry of entries) {
		const full = folder === '' ? entry.name : `${folder}/${entry.name}`;
		const ns = entry.mtimeNs!;
		const mtimeUs = ns >= 0n ? ns / 1000n : -((999n - ns) / 1000n);
		if (entry.entries) {
			into.set(full, {type: 'directory', mode: entry.mode!, mtimeUs});
			expectedOf(entry.entries, full, into);
		} else if (entry.target === undefined) {
			into.set(full, {type: 'file', mode: entry.mode!, mtimeUs, content: Buffer.from(entry.content!).toString('hex')});
		} else {
			into.set(full, {type: 'symlink', mtimeUs, target: entry.target});
		}
	}

	return into;
}

const byPath = <Value>(entries: Iterable<[string, Value]>): Array<[string, Value]> => [...entries].sort(([a], [b]) => Number(a > b) - Number(a < b));

test('60 random trees come back as they were', async t => {
	const runtime = createTestRuntime();
	const folder = createFolder(t);
	const {session} = await createTestRepository(runtime);
	let run = 0;
	await fc.assert(fc.asyncProperty(entriesOf, async entries => {
		const {snapshot} = await buildSnapshot(session, entries, {chunkBytes: 100});
		const root = path.join(folder, String(run++));
		const summary = await restore(session, {snapshot, target: root});
		const walked = walkFolder(root, {hasFullContent: true});
		walked.delete('');
		const seen = [...walked].map(([full, {type, mode, mtimeUs, content, target}]): [string, Expected] => [full, {
			type, mtimeUs, ...(type !== 'symlink' && {mode}), ...(content !== undefined && {content}), ...(type === 'symlink' && {target}),
		}]);
		t.deepEqual(byPath(seen), byPath(expectedOf(entries, '', new Map())));
		t.is(summary.failed, 0);
		const again = await restore(session, {snapshot, target: root, overwrite: 'always'});
		t.like(again, {restored: 0, failed: 0, skipped: summary.restored});
	}), {numRuns: 60});
});
