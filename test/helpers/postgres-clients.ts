import {chmodSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {createFolder} from './source-folder.ts';

/**
PostgreSQL's programs in a folder of their own, some of which a test has changed.
@param programs - Where the real ones are.
@param scripts - By name: a shell script that stands for a program; `$REAL` is the folder of the real ones.
*/
export function createClients(t: ExecutionContext, programs: string, scripts: Readonly<Record<string, string>>): string {
	const folder = createFolder(t);
	for (const name of ['psql', 'pg_dump', 'pg_dumpall', 'pg_restore']) {
		const script = scripts[name] ?? `exec "$REAL/${name}" "$@"`;
		const file = path.join(folder, name);
		writeFileSync(file, `#!/bin/sh\nREAL=${programs}\n${script}\n`);
		chmodSync(file, 0o755);
	}

	return folder;
}

/** A script that says it is of another version, and else does what the real program does. */
export function ofVersion(name: string, version: string): string {
	return `[ "$1" = --version ] && { echo "${name} (PostgreSQL) ${version} (Test)"; exit 0; }; exec "$REAL/${name}" "$@"`;
}
