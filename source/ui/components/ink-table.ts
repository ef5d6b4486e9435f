import {createRequire} from 'node:module';
import * as ink from 'ink';
import type InkTable from 'ink-table';

/*
ink-table is CommonJS and requires Ink, which is a module with top-level await and cannot be required. So Ink is put where that call looks for it, before ink-table is loaded.
The bundle has ink-table in it, and another file in the place of this one (.scripts/build.ts).
*/
const requireHere = createRequire(import.meta.url);
const inkFile = createRequire(requireHere.resolve('ink-table')).resolve('ink');
requireHere.cache[inkFile] = {id: inkFile, filename: inkFile, loaded: true, exports: ink, children: [], paths: []} as unknown as NodeJS.Module;

const loaded = requireHere('ink-table') as {readonly default: typeof InkTable.default};

/** A static table with a frame of its own: for a few short rows, as it ignores the width of the terminal and hashes each row anew each time. */
export const Table = loaded.default;
