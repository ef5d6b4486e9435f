import process from 'node:process';
import type {ByteString} from '../byte-string.ts';
import type {Runtime} from '../runtime.ts';
import type {StreamedEntry} from '../streamed-entry.ts';

/** A file that no disk has: of this moment, of whoever runs this, and for nobody else to read. */
export function createDumpEntry(path: ByteString, content: AsyncIterable<Uint8Array>, {now}: Pick<Runtime, 'now'>): StreamedEntry {
	return {path, type: 'file', mode: 0o600, uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, mtimeNs: BigInt(Math.floor(now())) * 1_000_000n, content};
}
