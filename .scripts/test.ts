// Runs AVA with the arguments given, ends with AVA's exit code, and closes with one plain line for continuous integration: 'N passed, N failed, N skipped'.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import path from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline';
import {stripVTControlCharacters} from 'node:util';

// Each test file is a process of its own: what Node has compiled once serves all of them.
const compileCache = path.resolve('node_modules/.cache/node-compile');
const ava = spawn('node_modules/.bin/ava', process.argv.slice(2), {
	stdio: ['ignore', 'pipe', 'inherit'],
	env: {...(process.stdout.isTTY && {FORCE_COLOR: '1'}), NODE_COMPILE_CACHE: compileCache, ...process.env},
});
const closed = once(ava, 'close') as Promise<[number | null]>;

let passed = 0;
let failed = 0;
let skipped = 0;
for await (const line of createInterface({input: ava.stdout})) {
	console.log(line);
	const plain = stripVTControlCharacters(line);
	passed += /^\s*[✔√] /.test(plain) ? 1 : 0;
	failed += Number(/^\s*(?<count>\d+) (?:tests?|hooks?) failed$/.exec(plain)?.groups?.['count'] ?? 0);
	skipped += Number(/^\s*(?<count>\d+) tests? skipped$/.exec(plain)?.groups?.['count'] ?? 0);
}

const [code] = await closed;
process.exitCode = code ?? 1;
// A file that crashed or hung counts as one failure.
failed ||= process.exitCode === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
