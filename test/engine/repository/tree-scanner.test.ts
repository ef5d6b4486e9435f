import {Buffer} from 'node:buffer';
import test from 'ava';
import fc from 'fast-check';
import {fromBytes, fromText, type ByteString} from '../../../source/engine/byte-string.ts';
import type {BlobId} from '../../../source/engine/ids.ts';
import {EntryScanner} from '../../../source/engine/repository/entry-scanner.ts';
import {JsonScanner} from '../../../source/engine/repository/json-scanner.ts';
import {TreeScanner} from '../../../source/engine/repository/tree-scanner.ts';
import {decodeTree, encodeNode, encodeTree} from '../../../source/engine/repository/tree.ts';
import {toStatMilliseconds} from '../../../source/engine/stat-time.ts';
import type {TreeNode} from '../../../source/engine/tree-node.ts';
import {refuses} from '../../helpers/error-assertions.ts';
import {mutationsOf} from '../../helpers/mutations.ts';

const id = (byte: number): BlobId => byte.toString(16).padStart(2, '0').repeat(32) as BlobId;

const file = {
	name: fromText('file'), type: 'file', mode: 0o644, uid: 1000, gid: 1000, mtimeNs: 1_700_000_000_123_456_789n, ctimeNs: 1_700_000_000_987_654_321n,
	device: '2049', inode: '18446744073709551615', links: 1, size: 3, content: [id(1), id(2)],
} satisfies TreeNode;

/** Everything that is scanned, and nothing that is left to the decoder. */
const plain: readonly TreeNode[] = [
	file,
	{...file, name: fromText('empty'), size: 0, content: []},
	{...file, name: fromText('linked'), links: 3, isSparse: true},
	{...file, name: fromText('long'), content: undefined, contents: [id(3)]} as unknown as TreeNode,
	{...file, name: fromText('grüße 文件'), mtimeNs: 0n},
	{...file, name: fromText('...'), inode: '7', mtimeNs: 999_999_999n},
	{...file, name: fromText('recent'), ctimeNs: undefined} as unknown as TreeNode,
	{...file, name: fromText('folder'), type: 'directory', size: undefined, content: undefined, tree: [id(4)]} as unknown as TreeNode,
	{...file, name: fromText('above'), type: 'directory', size: undefined, content: undefined, tree: [id(4), id(5)], isAncestor: true} as unknown as TreeNode,
	{...file, name: fromText('link'), type: 'symlink', size: undefined, content: undefined, target: fromText('../ß')} as unknown as TreeNode,
	{...file, name: fromText('pipe'), type: 'fifo', size: undefined, content: undefined} as unknown as TreeNode,
	{...file, name: fromText('socket'), type: 'socket', size: undefined, content: undefined} as unknown as TreeNode,
];

/** What the decoder has to be asked for. */
const odd: readonly TreeNode[] = [
	{...file, name: fromText('a "quoted" name')},
	{...file, name: fromText('line\nbreak')},
	{...file, name: fromBytes(Buffer.from([0x66, 0xFF]))},
	{...file, name: fromText('labelled'), xattrs: [{name: 'security.selinux', value: Buffer.from('x')}]},
	{...file, name: fromText('old'), mtimeNs: -1n},
	{...file, name: fromText('disk'), type: 'block', size: undefined, content: undefined, rdev: '2049'} as unknown as TreeNode,
];

const sorted = (nodes: readonly TreeNode[]): TreeNode[] => nodes.toSorted((a, b) => a.name < b.name ? -1 : Number(a.name > b.name));
const encode = (nodes: readonly TreeNode[]): Buffer => encodeTree(sorted(nodes).map(node => ({name: node.name, json: encodeNode(node)})))[0]!;

/** What a scanner says of every entry. */
function scan(bytes: Buffer) {
	const scanner = new TreeScanner(bytes, 'x');
	const found = [];
	while (scanner.next()) {
		const {type, ctimeMs, mtimeMs, inode, device, size, hasContentLists, contentCount} = scanner.entry;
		const ids = Array.from({length: Math.max(0, contentCount)}, (_, index) => {
			const target = Buffer.alloc(32);
			scanner.contentId(index, target);
			return target.toString('hex');
		});
		const {name, json, node} = scanner;
		found.push({type, ctimeMs, mtimeMs, inode, device, size, hasContentLists, contentCount, ids, name, json, node, order: scanner.compareName(name!)});
	}

	return found;
}

/** The same, by decoding. */
function expected(bytes: Buffer) {
	return decodeTree(bytes, 'x').map(node => ({
		type: node.type,
		ctimeMs: node.ctimeNs === undefined ? Number.NaN : toStatMilliseconds(node.ctimeNs),
		mtimeMs: toStatMilliseconds(node.mtimeNs),
		inode: Number(node.inode),
		device: Number(node.device),
		size: node.size ?? -1,
		hasContentLists: node.contents !== undefined,
		contentCount: node.content?.length ?? -1,
		ids: [...node.content ?? []],
		name: node.name,
		json: encodeNode(node),
		node,
		order: 0,
	}));
}

/** Whether the entry is taken without being decoded. */
function isScanned(node: TreeNode): boolean {
	const bytes = Buffer.from(encodeNode(node));
	return new EntryScanner(bytes, new JsonScanner(bytes)).scan(true);
}

test('the scanner takes what the encoder writes, and leaves odd entries to the decoder', t => {
	for (const node of plain) {
		t.true(isScanned(node), node.name);
	}

	for (const node of odd) {
		t.false(isScanned(node), node.name);
	}
});

test('scanned or decoded, and the one after the other, entries are the same', t => {
	for (const nodes of [plain, odd, [...plain, ...odd], []]) {
		t.deepEqual(scan(encode(nodes)), expected(encode(nodes)));
	}
});

test('random entries are scanned as they are decoded', t => {
	const name = fc.oneof(fc.string({minLength: 1, maxLength: 12, unit: 'grapheme'}).map(text => fromText(text)), fc.uint8Array({minLength: 1, maxLength: 6}).map(bytes => fromBytes(bytes)))
		.filter(text => !/[\0/]/.test(text) && text !== '.' && text !== '..');
	const entry = fc.record({
		name,
		mtimeNs: fc.bigInt({min: -5_000_000_000n, max: 2n ** 62n}),
		ctimeNs: fc.bigInt({min: 0n, max: 2n ** 62n}),
		inode: fc.bigInt({min: 0n, max: (2n ** 64n) - 1n}).map(String),
		size: fc.maxSafeNat(),
		content: fc.array(fc.nat(255).map(byte => id(byte)), {maxLength: 4}),
		links: fc.integer({min: 1, max: 3}),
	});
	let count = 0;
	fc.assert(fc.property(fc.uniqueArray(entry, {selector: value => value.name, maxLength: 8}), entries => {
		const bytes = encode(entries.map(value => ({...file, ...value})));
		count += entries.length;
		t.deepEqual(scan(bytes), expected(bytes));
	}), {numRuns: 300});
	t.log(`${count} entries`);
});

test('names are compared by their bytes', t => {
	const scanner = new TreeScanner(encode([{...file, name: fromText('m')}]), 'x');
	t.true(scanner.next());
	for (const [name, sign] of [['l', 1], ['lm', 1], ['m', 0], ['ma', -1], ['n', -1], ['ä', -1], ['M', 1]] as const) {
		t.is(Math.sign(scanner.compareName(fromText(name))), sign, name);
	}

	t.false(scanner.next());
	t.is(scanner.name, 'm' as ByteString);
	refuses(t, () => {
		scanner.assertAfter(fromText('m'));
	}, 'damaged');
	t.true(scanner.restart().next());
});

test('what the decoder refuses, the scanner refuses, and it never tells more', t => {
	const bytes = encode([file, {...file, name: fromText('folder'), type: 'directory', size: undefined, content: undefined, tree: [id(4)]} as unknown as TreeNode]);
	let refused = 0;
	let same = 0;
	for (const mutation of mutationsOf(bytes, 3000, 'tree scanner')) {
		let wanted;
		try {
			wanted = expected(mutation);
		} catch {}

		if (wanted === undefined) {
			refuses(t, () => scan(mutation), 'damaged');
			refused++;
		} else {
			const found = scan(mutation);
			t.deepEqual(found.map(({node}) => node), wanted.map(({node}) => node));
			t.deepEqual(found.map(({mtimeMs, size, ids}) => ({mtimeMs, size, ids})), wanted.map(({mtimeMs, size, ids}) => ({mtimeMs, size, ids})));
			same++;
		}
	}

	t.log(`${refused} refused, ${same} read alike`);
	t.true(refused > 0 && same > 0);
});
