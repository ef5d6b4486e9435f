import {Buffer} from 'node:buffer';
import type {Stats} from 'node:fs';
import test from 'ava';
import {fromText} from '../../../../source/engine/byte-string.ts';
import type {BlobId} from '../../../../source/engine/ids.ts';
import {PreviousEntries} from '../../../../source/engine/operations/backup/previous-entries.ts';
import {BlobIndex, encodeNode, encodeTree} from '../../../../source/engine/repository/repository.ts';
import {TreeScanner} from '../../../../source/engine/repository/tree-scanner.ts';
import type {TreeNode} from '../../../../source/engine/tree-node.ts';

const known = 'aa'.repeat(32) as BlobId;
const lost = 'bb'.repeat(32) as BlobId;

function node(name: string, content: readonly BlobId[] = [known]): TreeNode {
	return {name: fromText(name), type: 'file', mode: 0o600, uid: 0, gid: 0, mtimeNs: 5_000_000n, ctimeNs: 6_000_000n, device: '1', inode: '2', links: 1, size: 3, content};
}

const blobOf = (nodes: readonly TreeNode[]): Buffer => encodeTree(nodes.map(one => ({name: one.name, json: encodeNode(one)})))[0]!;

function open(parts: readonly Buffer[]) {
	const blobs = new BlobIndex();
	blobs.grow();
	blobs.add(Buffer.from(known, 'hex'));
	const damage: string[] = [];
	const entries = new PreviousEntries({
		scanners: parts.map(part => new TreeScanner(part, 'The tree x')), sizeBytes: 1, blobs,
		onDamage(error) {
			damage.push(error.message);
		},
	});
	return {entries, damage};
}

const parts = [blobOf([node('b'), node('d', [known, lost])]), blobOf([node('f'), node('h')])];

test('entries are found beside a listing, across the blobs of a tree', t => {
	const {entries} = open(parts);
	const found = ['a', 'b', 'c', 'd', 'g', 'h', 'i'].filter(name => entries.seek(fromText(name)));
	t.deepEqual(found, ['b', 'd', 'h']);
	t.false(entries.isWhole(3));
	t.deepEqual(entries.take([1, 3]), [node('d', [known, lost]), node('h')].map(one => ({name: one.name, json: encodeNode(one)})));
});

test('an entry is unchanged when nothing of it changed, and has its content when the repository has all of it', t => {
	const {entries} = open(parts);
	const recorded: Pick<Stats, 'ctimeMs' | 'mtimeMs' | 'ino' | 'dev' | 'size'> = {ctimeMs: 6, mtimeMs: 5, ino: 2, dev: 1, size: 3};
	const stats = recorded as Stats;
	t.true(entries.seek(fromText('b')));
	t.true(entries.isUnchanged('file', stats));
	t.true(entries.hasContent());
	for (const change of [{ctimeMs: 7}, {mtimeMs: 6}, {ino: 3}, {dev: 2}, {size: 4}]) {
		t.false(entries.isUnchanged('file', {...stats, ...change}), Object.keys(change)[0]);
	}

	t.false(entries.isUnchanged('symlink', stats));
	t.true(entries.seek(fromText('d')));
	t.false(entries.hasContent());
	t.deepEqual(entries.node, node('d', [known, lost]));
	t.is(entries.position, 1);
});

test('a directory is whole when every entry was taken over', t => {
	for (const count of [3, 4, 5]) {
		const {entries} = open(parts);
		t.is(entries.isWhole(count), count === 4);
	}

	t.true(open([]).entries.isWhole(0));
	t.true(open([blobOf([])]).entries.isWhole(0));
});

test('what follows damage counts as not there; a tree that is damaged is never taken over', t => {
	const unsorted = [parts[1]!, parts[0]!];
	const spoilt = [parts[0]!, Buffer.from('{"entries":[{}]}')];
	for (const [blobs, before, after] of [[unsorted, 'f', 'i'], [spoilt, 'b', 'z']] as const) {
		const {entries, damage} = open(blobs);
		t.true(entries.seek(fromText(before)));
		t.false(entries.seek(fromText(after)));
		t.false(entries.isWhole(2));
		t.false(entries.isWhole(entries.position));
		t.is(damage.length, 1);
		t.is(entries.take([0])[0]!.name, fromText(before));
	}

	const unread = new PreviousEntries({scanners: [], sizeBytes: 0, isDamaged: true, blobs: new BlobIndex(), onDamage: () => undefined});
	t.false(unread.isWhole(0));
});
