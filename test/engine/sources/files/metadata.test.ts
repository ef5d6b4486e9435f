import {lstatSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import test from 'ava';
import {fromText} from '../../../../source/engine/byte-string.ts';
import {isUnchanged, toMetadata, typeOf} from '../../../../source/engine/sources/files/metadata.ts';
import {createFolder} from '../../../helpers/source-folder.ts';

const later = Date.UTC(2100, 0);

test('metadata taken from a file counts as unchanged beside the same file, whatever its times', t => {
	const folder = createFolder(t);
	const file = path.join(folder, 'file');
	writeFileSync(file, 'x');
	fc.assert(fc.property(fc.double({min: 0, max: 4e9, noNaN: true}), seconds => {
		utimesSync(file, seconds, seconds);
		const node = {...toMetadata(lstatSync(file, {bigint: true}), 'file', fromText(file), later), size: 1};
		t.true(isUnchanged(node, 'file', lstatSync(file)));
		t.false(isUnchanged({...node, mtimeNs: node.mtimeNs + 1000n}, 'file', lstatSync(file)));
	}), {numRuns: 300});
});

test('times before 1970 are compared rightly', t => {
	const folder = createFolder(t, {old: 'x'});
	const file = path.join(folder, 'old');
	for (const time of ['-1.5', '-86400.25', '-2000000000.000001']) {
		utimesSync(file, time, time);
		const stats = lstatSync(file);
		const node = {...toMetadata(lstatSync(file, {bigint: true}), 'file', fromText(file), later), size: 1};
		t.true(node.mtimeNs < 0n);
		t.true(isUnchanged(node, 'file', stats), time);
	}
});

test('each of device, inode, size, mtime, ctime and type tells a change', t => {
	const folder = createFolder(t, {file: 'abc'});
	const file = path.join(folder, 'file');
	const stats = lstatSync(file);
	const node = {...toMetadata(lstatSync(file, {bigint: true}), 'file', fromText(file), later), size: 3};
	t.true(isUnchanged(node, 'file', stats));
	for (const change of [{device: '0'}, {inode: '0'}, {size: 4}, {mtimeNs: 0n}, {ctimeNs: 0n}, {type: 'fifo' as const}]) {
		t.false(isUnchanged({...node, ...change}, 'file', stats), Object.keys(change)[0]);
	}

	const {ctimeNs: _ctimeNs, ...recent} = node;
	t.false(isUnchanged(recent, 'file', stats));
});

test('the ctime is left out within the tick of the clock, the longer one where times are whole seconds', t => {
	const folder = createFolder(t, {file: 'abc'});
	const file = path.join(folder, 'file');
	const stats = lstatSync(file, {bigint: true});
	const at = (ctimeNs: bigint, afterMs: number) => toMetadata(Object.assign(Object.create(stats) as typeof stats, {ctimeNs}), 'file', fromText(file), Number(ctimeNs / 1_000_000n) + afterMs).ctimeNs;
	t.is(at(1_700_000_000_123_456_789n, 99), undefined);
	t.is(at(1_700_000_000_123_456_789n, 102), 1_700_000_000_123_456_789n);
	t.is(at(1_700_000_000_000_000_000n, 1999), undefined);
	t.is(at(1_700_000_000_000_000_000n, 2001), 1_700_000_000_000_000_000n);
});

test('types and link targets', t => {
	const folder = createFolder(t, {file: ''});
	const link = path.join(folder, 'link');
	symlinkSync('fil\u00E9', link);
	t.is(typeOf(lstatSync(folder)), 'directory');
	t.is(typeOf(lstatSync(link)), 'symlink');
	t.is(toMetadata(lstatSync(link, {bigint: true}), 'symlink', fromText(link), later).target, fromText('fil\u00E9'));
});
