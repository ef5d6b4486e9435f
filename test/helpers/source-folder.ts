import {chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';

/** Content of files by path; a path that ends in `/` is a directory. */
export type Layout = Readonly<Record<string, string | Uint8Array>>;

/** Write a layout below a folder. */
export function writeLayout(folder: string, layout: Layout): void {
	for (const [name, content] of Object.entries(layout)) {
		const file = path.join(folder, name);
		mkdirSync(name.endsWith('/') ? file : path.dirname(file), {recursive: true});
		if (!name.endsWith('/')) {
			writeFileSync(file, content);
		}
	}
}

/** A new folder, without symbolic links in its path, that goes when the test ends. */
export function createFolder(t: ExecutionContext, layout: Layout = {}): string {
	const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'coffer-test-')));
	// Other users must be able to enter, for tests that drop to one.
	chmodSync(folder, 0o755);
	t.teardown(() => {
		rmSync(folder, {recursive: true, force: true});
	});
	writeLayout(folder, layout);
	return folder;
}
