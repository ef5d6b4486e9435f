import {createHash} from 'node:crypto';
import {mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {createRequire, registerHooks} from 'node:module';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import type * as Esbuild from 'esbuild';

/*
Lets Node load files with JSX, which it cannot strip of their types itself. AVA loads this module before each test file ("require" in package.json), and `--import` does before a program that runs from its sources.
All other files are left to Node, so where there is no JSX it costs next to nothing. esbuild is loaded only for a file that is new; what it makes is kept under the hash of the file.
*/

const cacheFolder = path.resolve(import.meta.dirname, '../../node_modules/.cache/tsx-loader');
const require = createRequire(import.meta.url);

function readCached(file: string): string | undefined {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return undefined;
	}
}

function transform(file: string, source: string): string {
	const {transformSync} = require('esbuild') as typeof Esbuild;
	return transformSync(source, {loader: 'tsx', jsx: 'automatic', format: 'esm', target: 'node24', sourcefile: file, sourcemap: 'inline'}).code;
}

function load(file: string): string {
	const source = readFileSync(file, 'utf8');
	const {version} = require('esbuild/package.json') as {readonly version: string};
	const cached = path.join(cacheFolder, `${createHash('sha256').update(`${version}\n${file}\n${source}`).digest('hex')}.js`);
	const known = readCached(cached);
	if (known !== undefined) {
		return known;
	}

	const code = transform(file, source);
	try {
		mkdirSync(cacheFolder, {recursive: true});
		// Several test files may come to this at once.
		const temporary = `${cached}.${process.pid}`;
		writeFileSync(temporary, code);
		renameSync(temporary, cached);
	} catch {
		// Another user's folder: the next one makes it anew.
	}

	return code;
}

registerHooks({
	load(url, context, nextLoad) {
		if (!url.startsWith('file:') || !url.endsWith('.tsx')) {
			return nextLoad(url, context);
		}

		// Stack traces name the lines of the source, not of what was made of it.
		process.setSourceMapsEnabled(true);
		return {format: 'module', source: load(fileURLToPath(url)), shortCircuit: true};
	},
});
