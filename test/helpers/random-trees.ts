import {Buffer} from 'node:buffer';
import fc from 'fast-check';
import {fromText} from '../../source/engine/byte-string.ts';
import type {WalkedEntry} from './walk-folder.ts';
import type {BuiltEntry} from './snapshot-builder.ts';

const name = fc.uint8Array({minLength: 1, maxLength: 12})
	.map(bytes => Buffer.from(bytes).toString('latin1').replaceAll(/[/\0]/g, 'x'))
	.filter(text => text !== '.' && text !== '..');
const fileContent = fc.uint8Array({maxLength: 300}).map(bytes => Buffer.from(bytes));
const common = {mtimeNs: fc.bigInt(-2_000_000_000_000_000_000n, 4_200_000_000_000_000_000n)};

/** The entries of a directory: files, symbolic links and directories with any names, contents, modes and times. */
export const {entries: randomEntries} = fc.letrec<{entries: BuiltEntry[]; entry: BuiltEntry}>(tie => ({
	entries: fc.uniqueArray(tie('entry'), {maxLength: 6, selector: entry => entry.name}),
	entry: fc.oneof(
		{depthSize: 'small', withCrossShrink: true},
		// Readable, as the test has to read them, and not only as root.
		fc.record({name, ...common, mode: fc.integer({min: 0, max: 0o777}).map(mode => mode | 0o400), content: fileContent, isSparse: fc.boolean()}),
		fc.record({name, ...common, target: fc.string({minLength: 1, maxLength: 10}).map(text => fromText(text.replaceAll('\0', 'x')))}),
		fc.record({name, ...common, mode: fc.integer({min: 0, max: 0o777}).map(mode => mode | 0o700), entries: tie('entries')}),
	),
}));

/** What of an entry a restore has to bring back. */
export type ExpectedEntry = {type: string | undefined; mode?: number; mtimeUs: bigint; content?: string | undefined; target?: string | undefined};

/** Everything that is to be found after a restore of such entries, by its path from the target. */
export function expectEntries(entries: readonly BuiltEntry[], folder = '', into = new Map<string, ExpectedEntry>()): Map<string, ExpectedEntry> {
	for (const entry of entries) {
		const full = folder === '' ? entry.name : `${folder}/${entry.name}`;
		const ns = entry.mtimeNs!;
		const mtimeUs = ns >= 0n ? ns / 1000n : -((999n - ns) / 1000n);
		if (entry.entries) {
			into.set(full, {type: 'directory', mode: entry.mode!, mtimeUs});
			expectEntries(entry.entries, full, into);
		} else if (entry.target === undefined) {
			into.set(full, {type: 'file', mode: entry.mode!, mtimeUs, content: Buffer.from(entry.content!).toString('hex')});
		} else {
			into.set(full, {type: 'symlink', mtimeUs, target: entry.target});
		}
	}

	return into;
}

/** What was found, in the same form. @param walked - With full contents. */
export function toExpectedForm(walked: ReadonlyMap<string, WalkedEntry>): Map<string, ExpectedEntry> {
	return new Map([...walked].filter(([full]) => full !== '').map(([full, {type, mode, mtimeUs, content, target}]) => [full, {
		type, mtimeUs, ...(type !== 'symlink' && {mode}), ...(content !== undefined && {content}), ...(type === 'symlink' && {target}),
	}]));
}

/** In the byte order of paths. */
export const byPath = <Value>(entries: Iterable<[string, Value]>): Array<[string, Value]> => [...entries].sort(([a], [b]) => Number(a > b) - Number(a < b));
