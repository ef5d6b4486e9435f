import {Buffer} from 'node:buffer';
import {CofferError} from '../errors.ts';
import {isHex, type BlobId} from '../ids.ts';
import {fromBytes, fromText, toBytes, toExactText, type ByteString} from '../byte-string.ts';
import {nodeTypes, type ExtendedAttribute, type TreeNode} from '../tree-node.ts';
import {parseStoredJson, type JsonValue} from './canonical-json.ts';

/*
A tree is the content of one directory: one blob or more, each canonical JSON {"entries": […]}, the entries in the byte order of their names, through all blobs. An entry:

	"name": text, or "name64": base64 where it is not UTF-8        "type": as below
	"mode": permission bits, "uid", "gid", "mtime": nanoseconds since 1970 as text
	"device", "inode": as text, "links": when over 1               what hard links are known by
	"ctime": nanoseconds, as text; left out when the file may have changed since within one tick of the clock
	file:      "size", "content": [blob ids], or "contents": [ids of blobs that hold {"content": […]}] for long ones; "sparse": true
	directory: "tree": [blob ids]; "ancestor": true when it is only on the way to what was backed up
	symlink:   "target" or "target64"
	block, character: "rdev" as text
	any:       "xattrs": [{"name", "value": base64}]
*/

/** A tree blob is cut after this many bytes of JSON at an entry that its name chooses, and in any case at the larger size. */
const softTreeBytes = 128 * 1024;
const hardTreeBytes = 1024 * 1024;
/** No tree or list blob is larger. */
export const maximumTreeBytes = 16 * 1024 * 1024;
/** Files with more chunks name them in blobs of their own. */
export const maximumInlineContent = 1024;

function textOrBase64(key: string, value: ByteString): Record<string, string> {
	const text = toExactText(value);
	return text === undefined ? {[`${key}64`]: toBytes(value).toString('base64')} : {[key]: text};
}

/** The entry as canonical JSON. The members are named in canonical order here, which is much faster than sorting them; a test holds it to that. */
export function encodeNode(node: TreeNode): string {
	return JSON.stringify({
		ancestor: node.isAncestor || undefined,
		content: node.content,
		contents: node.contents,
		ctime: node.ctimeNs?.toString(),
		device: node.device,
		gid: node.gid,
		inode: node.inode,
		links: node.links > 1 ? node.links : undefined,
		mode: node.mode,
		mtime: node.mtimeNs.toString(),
		...textOrBase64('name', node.name),
		rdev: node.rdev,
		size: node.size,
		sparse: node.isSparse || undefined,
		...(node.target !== undefined && textOrBase64('target', node.target)),
		tree: node.tree,
		type: node.type,
		uid: node.uid,
		xattrs: node.xattrs?.map(({name, value}) => ({name, value: value.toString('base64')})),
	});
}

/** Whether a large directory may be cut after this name: one in 16, so that a change of one entry changes one blob. */
function isCutName(name: string): boolean {
	let hash = 0;
	for (let index = 0; index < name.length; index++) {
		hash = (Math.imul(hash, 31) + name.codePointAt(index)!) | 0;
	}

	return (Math.imul(hash, 0x9E_37_79_B1) >>> 28) === 0;
}

/** The blobs of a tree; at least one. @param entries - In byte order of the names, each with its `encodeNode`. */
export function encodeTree(entries: ReadonlyArray<{readonly name: ByteString; readonly json: string}>): Buffer[] {
	const blobs: Buffer[] = [];
	let members: string[] = [];
	let size = 0;
	const flush = () => {
		blobs.push(Buffer.from(`{"entries":[${members.join(',')}]}`));
		members = [];
		size = 0;
	};

	for (const {name, json} of entries) {
		members.push(json);
		size += json.length;
		if (size >= hardTreeBytes || (size >= softTreeBytes && isCutName(name))) {
			flush();
		}
	}

	if (members.length > 0 || blobs.length === 0) {
		flush();
	}

	return blobs;
}

type Raw = Readonly<Record<string, JsonValue | undefined>>;

const isNatural = (value: JsonValue | undefined, maximum: number): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= maximum;
/** Of a user or a group. */
const isId = (value: JsonValue | undefined): value is number => isNatural(value, 0xFF_FF_FF_FF);
const isDecimal = (value: JsonValue | undefined): value is string => typeof value === 'string' && value.length <= 24 && /^-?\d+$/.test(value);
const isIdList = (value: JsonValue | undefined): value is readonly string[] => Array.isArray(value) && value.every(id => typeof id === 'string' && isHex(id, 32));

function refuse(what: string): never {
	throw new CofferError('damaged', `${what} holds an entry that cannot be: it was damaged, or written by another program.`);
}

function decodeBase64(value: JsonValue, what: string): Buffer {
	const bytes = Buffer.from(typeof value === 'string' ? value : '', 'base64');
	return bytes.toString('base64') === value ? bytes : refuse(what);
}

/** What a symbolic link can hold. */
function isTarget(target: ByteString): boolean {
	return target !== '' && !target.includes('\0');
}

/** One part of a path: what a directory of Linux can hold. */
function isName(name: ByteString): boolean {
	return name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0');
}

function bytesOf(raw: Raw, key: string, what: string): ByteString | undefined {
	const text = raw[key];
	const base64 = raw[`${key}64`];
	if (base64 === undefined) {
		return typeof text === 'string' ? fromText(text) : (text === undefined ? undefined : refuse(what));
	}

	return text === undefined ? fromBytes(decodeBase64(base64, what)) : refuse(what);
}

function decodeXattrs(value: JsonValue | undefined, what: string): ExtendedAttribute[] {
	if (!Array.isArray(value)) {
		return refuse(what);
	}

	return (value as readonly JsonValue[]).map(item => {
		const {name, value: base64} = (item ?? {}) as Raw;
		return typeof name === 'string' && base64 !== undefined && !name.includes('\0') ? {name, value: decodeBase64(base64, what)} : refuse(what);
	});
}

function optionalIds(raw: Raw, key: string, what: string): readonly BlobId[] | undefined {
	const value = raw[key];
	return value === undefined ? undefined : (isIdList(value) ? value as readonly BlobId[] : refuse(what));
}

function decodeNode(value: JsonValue, what: string): TreeNode {
	if (typeof value !== 'object' || value === null) {
		return refuse(what);
	}

	const raw = value as Raw;
	const {mode, uid, gid, mtime, ctime, device, inode, links, size, rdev} = raw;
	const type = nodeTypes.find(candidate => candidate === raw['type']);
	const name = bytesOf(raw, 'name', what);
	const target = bytesOf(raw, 'target', what);
	const content = optionalIds(raw, 'content', what);
	const contents = optionalIds(raw, 'contents', what);
	const tree = optionalIds(raw, 'tree', what);
	if (type === undefined || name === undefined || !isName(name) || !isNatural(mode, 0o7777) || !isId(uid) || !isId(gid)
		|| !isDecimal(mtime) || !isDecimal(device) || !isDecimal(inode) || (ctime !== undefined && !isDecimal(ctime)) || (links !== undefined && !isNatural(links, 0xFF_FF_FF_FF))) {
		return refuse(what);
	}

	const isComplete = {
		file: isNatural(size, Number.MAX_SAFE_INTEGER) && (content === undefined) !== (contents === undefined),
		directory: tree !== undefined,
		symlink: target !== undefined && isTarget(target),
		fifo: true,
		socket: true,
		block: isDecimal(rdev),
		character: isDecimal(rdev),
	}[type];
	if (!isComplete) {
		return refuse(what);
	}

	return {
		name, type, mode, uid, gid, device, inode,
		mtimeNs: BigInt(mtime),
		links: links ?? 1,
		...(ctime !== undefined && {ctimeNs: BigInt(ctime)}),
		...(raw['xattrs'] !== undefined && {xattrs: decodeXattrs(raw['xattrs'], what)}),
		...(isNatural(size, Number.MAX_SAFE_INTEGER) && {size}),
		...(content && {content}),
		...(contents && {contents}),
		...(raw['sparse'] === true && {isSparse: true}),
		...(tree && {tree}),
		...(raw['ancestor'] === true && {isAncestor: true}),
		...(target !== undefined && {target}),
		...(isDecimal(rdev) && {rdev}),
	};
}

/**
In byte order and each only once: an entry can neither hide nor replace another one.
@throws `damaged`
*/
export function assertNamesAscend(nodes: ReadonlyArray<Pick<TreeNode, 'name'>>, what: string): void {
	for (let index = 1; index < nodes.length; index++) {
		if (nodes[index - 1]!.name >= nodes[index]!.name) {
			refuse(what);
		}
	}
}

/** @param what - Names the tree in errors. @throws `damaged` */
export function decodeTree(bytes: Uint8Array, what: string): TreeNode[] {
	const value = parseStoredJson(bytes, what);
	const entries = typeof value === 'object' && value !== null ? (value as Raw)['entries'] : undefined;
	const nodes = Array.isArray(entries) ? (entries as readonly JsonValue[]).map(entry => decodeNode(entry, what)) : refuse(what);
	assertNamesAscend(nodes, what);
	return nodes;
}

/** One entry of a tree. @param what - Names the tree in errors. @throws `damaged` */
export function decodeEntry(bytes: Uint8Array, what: string): TreeNode {
	return decodeNode(parseStoredJson(bytes, what), what);
}

/** The blobs that name the chunks of a very long file. */
export function encodeContentLists(content: readonly BlobId[]): Buffer[] {
	const blobs: Buffer[] = [];
	for (let start = 0; start < content.length; start += maximumInlineContent) {
		blobs.push(Buffer.from(JSON.stringify({content: content.slice(start, start + maximumInlineContent)})));
	}

	return blobs;
}

/** @throws `damaged` */
export function decodeContentList(bytes: Uint8Array, what: string): readonly BlobId[] {
	const value = parseStoredJson(bytes, what);
	return (typeof value === 'object' && value !== null ? optionalIds(value as Raw, 'content', what) : undefined) ?? refuse(what);
}
