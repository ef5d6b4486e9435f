import {existsSync, lstatSync, readdirSync} from 'node:fs';
import {Buffer} from 'node:buffer';
import path from 'node:path';
import type {ByteString} from '../../byte-string.ts';
import {checkPack, encodeBundleHeader, type BundleHeader} from './bundle-format.ts';
import type {PrivateGit} from './private-git.ts';

/** Packs of more than that keep the deltas and the compression that git has given them: to make them anew would take minutes of processor time in each run. */
const largeStoreBytes = 512 * 1024 * 1024;
const windowBytes = '256m';

/** How much git has packed in some stores of objects. */
function measureStores(stores: readonly string[]): number {
	let byteCount = 0;
	for (const store of stores) {
		const folder = path.join(store, 'pack');
		const names = existsSync(folder) ? readdirSync(folder) : [];
		for (const name of names.filter(name => name.endsWith('.pack'))) {
			byteCount += lstatSync(path.join(folder, name), {throwIfNoEntry: false})?.size ?? 0;
		}
	}

	return byteCount;
}

/**
How packs are written, so that they deduplicate from day to day (docs/decisions.md, "Git repositories"): with git's deltas but without its compression, both made anew, so that neither a "git gc" nor what was packed when
changes anything; one thread, as several would share the work out differently each time.
*/
function packParameters(stores: readonly string[]): string[] {
	const options = ['--stdout', '--revs', '--quiet', '--no-use-bitmap-index', '--threads=1', `--window-memory=${windowBytes}`];
	return measureStores(stores) > largeStoreBytes
		? ['-c', 'core.compression=-1', '-c', 'pack.compression=-1', 'pack-objects', ...options]
		: ['pack-objects', ...options, '--no-reuse-object'];
}

export type BundleOptions = {
	readonly header: BundleHeader;
	/** Objects that no ref of the header leads to, and are to be in it all the same. */
	readonly furtherIds: readonly string[];
	/** What the index in the private folder names, too. */
	readonly hasIndex: boolean;
	readonly isPartial: boolean;
	/** Where its objects are: absolute paths of `objects` folders. */
	readonly stores: readonly string[];
};

async function * lines(ids: Iterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
	yield Buffer.from([...ids].map(id => `${id}\n`).join(''));
}

/**
A complete bundle.
@yields Its header, then the pack as git writes it; each piece is good until the next.
@throws `source-failed` with git's words, such as for objects that are missing or damaged; `aborted`
*/
export async function * bundle(git: PrivateGit, {header, furtherIds, hasIndex, isPartial, stores}: BundleOptions): AsyncGenerator<Buffer, void, undefined> {
	yield encodeBundleHeader(header);
	const parameters = [...packParameters(stores), ...(hasIndex ? ['--indexed-objects'] : []), ...(isPartial ? ['--missing=allow-promisor'] : [])];
	const what = 'git pack-objects';
	yield * checkPack(git.stream(parameters, what, {input: lines(new Set([...header.refs.values(), ...furtherIds]))}), header.objectFormat, what);
}

/**
Take the lists apart whose entries git ends with NUL.
@yields Entry by entry.
*/
export async function * splitNames(pieces: AsyncIterable<Buffer>): AsyncGenerator<ByteString, void, undefined> {
	let rest = '';
	for await (const piece of pieces) {
		const names = (rest + piece.toString('latin1')).split('\0');
		rest = names.pop()!;
		yield * names as ByteString[];
	}
}
