import {createHash} from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import {fromBytes, fromText, type ByteString} from '../../../source/engine/byte-string.ts';
import type {BlobId} from '../../../source/engine/ids.ts';
import {toCanonicalJson, type JsonValue} from '../../../source/engine/repository/canonical-json.ts';
import type {BlobReader} from '../../../source/engine/repository/blob-reader.ts';
import {readContent, readTree} from '../../../source/engine/repository/tree-reader.ts';
import {decodeContentList, decodeTree, encodeContentLists, encodeNode, encodeTree, maximumInlineContent} from '../../../source/engine/repository/tree.ts';
import {nodeTypes, type NodeType, type TreeNode} from '../../../source/engine/tree-node.ts';
import {refuses, refusesAsync, didSurvive} from '../../helpers/error-assertions.ts';
import {mutationsOf} from '../../helpers/mutations.ts';
import {createByteStream} from '../../helpers/test-runtime.ts';

const anyName = fc.oneof(fc.string({unit: 'binary', minLength: 1}).map(text => fromText(text)), fc.uint8Array({minLength: 1, maxLength: 255}).map(bytes => fromBytes(bytes)))
	.filter(name => !/[/\0]/.test(name) && name !== '.' && name !== '..');
const anyId = fc.uint8Array({minLength: 32, maxLength: 32}).map(bytes => Buffer.from(bytes).toString('hex') as BlobId);
const anyIds = fc.array(anyId, {maxLength: 4});
const anyNumberText = fc.bigInt({min: 0n, max: 2n ** 64n - 1n}).map(String);
const anyNanoseconds = fc.bigInt({min: -(10n ** 19n), max: 10n ** 19n});
const anyXattrs = fc.array(fc.record({name: fc.string({minLength: 1}).filter(name => !name.includes('\0')), value: fc.uint8Array({maxLength: 40}).map(bytes => Buffer.from(bytes))}), {maxLength: 3});

const ofType = {
	file: fc.oneof(
		fc.record({size: fc.maxSafeNat(), content: anyIds}),
		fc.record({size: fc.maxSafeNat(), contents: anyIds, isSparse: fc.constant(true)}),
	),
	directory: fc.oneof(fc.record({tree: anyIds}), fc.record({tree: anyIds, isAncestor: fc.constant(true)})),
	symlink: fc.record({target: fc.uint8Array({minLength: 1, maxLength: 300}).map(bytes => fromBytes(bytes.map(byte => Math.max(byte, 1))))}),
	fifo: fc.constant({}),
	socket: fc.constant({}),
	block: fc.record({rdev: anyNumberText}),
	character: fc.record({rdev: anyNumberText}),
} satisfies Record<NodeType, fc.Arbitrary<Partial<TreeNode>>>;

const anyNode: fc.Arbitrary<TreeNode> = fc.constantFrom(...nodeTypes).chain(type => fc.tuple(
	fc.record({
		name: anyName, type: fc.constant(type), mode: fc.nat(0o7777), uid: fc.nat(0xFF_FF_FF_FF), gid: fc.nat(0xFF_FF_FF_FF), mtimeNs: anyNanoseconds,
		device: anyNumberText, inode: anyNumberText, links: fc.integer({min: 1, max: 1000}),
	}),
	fc.record({ctimeNs: anyNanoseconds, xattrs: anyXattrs}, {requiredKeys: []}),
	ofType[type] as fc.Arbitrary<Partial<TreeNode>>,
).map(([base, optional, special]): TreeNode => ({...base, ...optional, ...special})));

const sorted = (nodes: readonly TreeNode[]): TreeNode[] => nodes.toSorted((a, b) => Number(a.name > b.name) - Number(a.name < b.name));
const encode = (nodes: readonly TreeNode[]): Buffer[] => encodeTree(nodes.map(node => ({name: node.name, json: encodeNode(node)})));

const file: TreeNode = {name: fromText('a'), type: 'file', mode: 0o644, uid: 0, gid: 0, mtimeNs: 1n, device: '1', inode: '2', links: 1, size: 0, content: []};

/** A reader of blobs that are at hand. */
function readerOf(blobs: readonly Uint8Array[]): {reader: BlobReader; ids: BlobId[]} {
	const ids = blobs.map(blob => createHash('sha256').update(blob).digest('hex') as BlobId);
	const reader = {locate: () => ({length: 1}), read: async (id: BlobId) => Buffer.from(blobs[ids.indexOf(id)]!)};
	return {reader: reader as unknown as BlobReader, ids};
}

test('an entry is encoded in canonical form', t => {
	fc.assert(fc.property(anyNode, node => {
		const json = encodeNode(node);
		t.is(toCanonicalJson(JSON.parse(json) as JsonValue), json);
	}), {numRuns: 1000});
});

test('every directory comes back', t => {
	fc.assert(fc.property(fc.uniqueArray(anyNode, {selector: node => node.name, maxLength: 20}), nodes => {
		const blobs = encode(sorted(nodes));
		t.is(blobs.length, 1);
		t.is(toCanonicalJson(JSON.parse(blobs[0]!.toString()) as JsonValue), blobs[0]!.toString());
		t.deepEqual(decodeTree(blobs[0]!, 'x'), sorted(nodes));
	}), {numRuns: 300});
});

test('names and targets that are not UTF-8 stand as base64', t => {
	const node: TreeNode = {...file, name: fromBytes(Buffer.from([0xFF, 0xFE])), type: 'symlink', target: fromBytes(Buffer.from([0x80]))};
	t.regex(encodeNode(node), /"name64":"\/\/4="/);
	t.regex(encodeNode(node), /"target64":"gA=="/);
});

const manyNodes = (count: number): TreeNode[] => Array.from({length: count}, (_, index) => ({...file, name: fromText(`file-${String(index).padStart(8, '0')}`), inode: String(index)}));

test('a large directory is split; one more entry changes one blob or two', async t => {
	const nodes = manyNodes(50_000);
	const blobs = encode(nodes);
	t.true(blobs.length > 10);
	t.true(blobs.every(blob => blob.byteLength < 1024 * 1024 + 1024));
	t.true(blobs.slice(0, -1).every(blob => blob.byteLength >= 128 * 1024));
	const {reader, ids} = readerOf(blobs);
	t.deepEqual(await readTree(reader, ids), nodes);
	const inserted: TreeNode = {...file, name: fromText('file-00025000x')};
	const after = new Set(encode(sorted([...nodes, inserted])).map(String));
	t.true(blobs.filter(blob => !after.has(String(blob))).length <= 2);
});

test('an empty directory is one blob', t => {
	t.deepEqual(encode([]).map(String), ['{"entries":[]}']);
	t.deepEqual(decodeTree(Buffer.from('{"entries":[]}'), 'x'), []);
});

test('entries that are not in order, or twice, are refused, also across blobs', async t => {
	const named = (...names: string[]): TreeNode[] => names.map(name => ({...file, name: fromText(name)}));
	for (const names of [['b', 'a'], ['a', 'a'], ['a', 'b', 'b'], ['a', 'A']]) {
		refuses(t, () => decodeTree(encode(named(...names))[0]!, 'x'), 'damaged');
		const {reader, ids} = readerOf(named(...names).map(node => encode([node])[0]!));
		await refusesAsync(t, async () => readTree(reader, ids), 'damaged');
	}

	t.is(decodeTree(encode(named('A', 'a'))[0]!, 'x').length, 2);
});

test('an index that says that a tree is huge is not believed', async t => {
	const reader = {locate: () => ({length: 16 * 1024 * 1024 + 1}), read: async () => t.fail()} as unknown as BlobReader;
	await refusesAsync(t, async () => readTree(reader, ['00'.repeat(32) as BlobId]), 'damaged', /larger/);
});

const valid = JSON.parse(encodeNode(file)) as Record<string, JsonValue>;
const decodeWith = (change: Record<string, unknown>): TreeNode[] => decodeTree(Buffer.from(JSON.stringify({entries: [{...valid, ...change}]})), 'x');

test('hostile entries are refused', t => {
	t.deepEqual(decodeWith({}), [file]);
	for (const change of [
		...['', '.', '..', '/', 'a/b', '/etc/passwd', '../x', 'a\0b'].flatMap(name => [{name}, {name: undefined, name64: Buffer.from(name).toString('base64')}]),
		{name: undefined}, {name: 5}, {name64: 'YQ=='}, {name: undefined, name64: 'YQ'}, {name: undefined, name64: '!!'}, {name: undefined, name64: ['YQ==']}, {name: {}},
		{type: 'door'}, {type: undefined}, {type: 'constructor'},
		{mode: -1}, {mode: 4096}, {mode: 1.5}, {mode: '420'}, {uid: -1}, {uid: 2 ** 32}, {gid: null}, {gid: 2 ** 53},
		{mtime: 5}, {mtime: ''}, {mtime: '1e5'}, {mtime: '9'.repeat(25)}, {ctime: 'x'}, {ctime: null}, {device: ''}, {inode: 1}, {links: -1}, {links: '2'},
		{size: undefined}, {size: -1}, {size: 2 ** 53}, {content: undefined}, {content: 'x'}, {content: ['x']}, {content: [1]}, {content: ['AB'.repeat(32)]}, {contents: ['ab'.repeat(32)]},
		{type: 'directory'}, {type: 'directory', tree: {}}, {type: 'symlink'}, {type: 'symlink', target: ''}, {type: 'symlink', target: 'a\0b'}, {type: 'symlink', target: 5}, {type: 'block'}, {type: 'character', rdev: -1},
		{xattrs: {}}, {xattrs: [null]}, {xattrs: [{}]}, {xattrs: [{name: 'a'}]}, {xattrs: [{name: 'a\0', value: ''}]}, {xattrs: [{name: 'a', value: '!'}]}, {xattrs: [1]},
	]) {
		refuses(t, () => decodeWith(change), 'damaged');
	}
});

test('hostile trees are refused', t => {
	for (const text of ['', '{}', '[]', 'null', '1', '{"entries":{}}', '{"entries":[null]}', '{"entries":[[]]}', '{"entries":[1]}', '{"__proto__":{"entries":[]}}', '['.repeat(200_000), '{"entries":[{"a":'.repeat(100_000)]) {
		refuses(t, () => decodeTree(Buffer.from(text), 'The tree x'), 'damaged', /The tree x/);
	}
});

test('__proto__ as a name is a name', t => {
	t.is(decodeWith({name: '__proto__'})[0]!.name, '__proto__' as ByteString);
});

test('random damage is refused or gives a tree whose names are safe', t => {
	const bytes = encode(manyNodes(3))[0]!;
	for (const mutation of mutationsOf(bytes, 5000, 'tree')) {
		didSurvive(t, () => {
			for (const {name} of decodeTree(mutation, 'x')) {
				t.false(name === '' || name === '..' || name.includes('/') || name.includes('\0'));
			}
		}, mutation.toString('latin1'));
	}
});

test('the chunks of a long file come back through their lists', async t => {
	const stream = createByteStream('content');
	for (const count of [0, 1, maximumInlineContent, maximumInlineContent + 1, 3 * maximumInlineContent]) {
		const content = Array.from({length: count}, () => stream(32).toString('hex') as BlobId);
		const lists = encodeContentLists(content);
		t.is(lists.length, Math.ceil(count / maximumInlineContent));
		t.deepEqual(lists.flatMap(list => [...decodeContentList(list, 'x')]), content);
		const {reader, ids} = readerOf(lists);
		t.deepEqual(await readContent(reader, {...file, contents: ids}), content);
		t.deepEqual(await readContent(reader, {...file, content}), content);
	}

	for (const text of ['{}', '{"content":["x"]}', '{"content":1}', '[]', 'null', 'x']) {
		refuses(t, () => decodeContentList(Buffer.from(text), 'x'), 'damaged');
	}
});
