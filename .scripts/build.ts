// Bundles source/ into flat files in dist/, with the type declarations and the licences of what is bundled.
// Bundling the dependencies halves the time to start (docs/decisions.md has the numbers).
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {chmod, mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {build, type BuildOptions, type Metafile, type Plugin} from 'esbuild';

const allEntryPoints = {
	run: 'source/cli/run.ts',
	index: 'source/index.ts',
	worker: 'source/engine/operations/worker.ts',
	'examine-thread': 'source/engine/sources/sqlite/examine-thread.ts',
	'engine-thread': 'source/engine/thread/engine-thread.ts',
	'engine-process': 'source/engine/thread/engine-process.ts',
};

// While the project is young.
const entryPoints = Object.fromEntries(Object.entries(allEntryPoints).filter(([name, file]) => {
	if (!existsSync(file)) {
		console.log(`build: no ${file} yet, so no dist/${name}.js`);
	}

	return existsSync(file);
}));

// Native code, and what Ink loads only if somebody installed it.
const external = ['@napi-rs/xattr', 'react-devtools-core'];

const common = {
	bundle: true,
	platform: 'node',
	format: 'esm',
	outdir: 'dist',
	write: false,
	metafile: true,
	logLevel: 'warning',
} satisfies BuildOptions;

// The bin is a build of its own: it must parse under old Nodes, and load run.js by name after its check.
const loadRunLate: Plugin = {
	name: 'load-run-late',
	setup({onResolve}) {
		onResolve({filter: /^\.\/cli\/run\.ts$/}, () => ({path: './run.js', external: true}));
	},
};

// meow carries normalize-package-data, which takes 10 ms to load and is only for package.json files that it reads itself; the command line gives it the package.
const meowWithoutPackageData: Plugin = {
	name: 'meow-without-package-data',
	setup({onLoad}) {
		onLoad({filter: /\/meow\/build\/dependencies\.js$/}, async ({path: file}) => {
			const text = await readFile(file, 'utf8');
			const contents = text.replace('var normalizeExports = requireNormalize();', 'var normalizeExports = () => undefined;');
			if (contents === text) {
				throw new Error('meow was changed: look for what replaces normalize-package-data, or drop this plugin');
			}

			return {contents, loader: 'js'};
		});
	},
};

// What source/ui/components/ink-table.ts does for Node alone, a bundle does by itself.
const bundledInkTable: Plugin = {
	name: 'bundled-ink-table',
	setup({onLoad}) {
		onLoad({filter: /\/ui\/components\/ink-table\.ts$/}, ({path: file}) => ({
			contents: 'import * as inkTable from \'ink-table\';\nexport const Table = inkTable.default.default ?? inkTable.default;', resolveDir: path.dirname(file), loader: 'js',
		}));
	},
};

async function licences({inputs}: Metafile): Promise<string> {
	const folders = new Set(Object.keys(inputs).map(file => /^.*node_modules\/(?:@[^\/]+\/)?[^\/]+/v.exec(file)?.[0]).filter(folder => folder !== undefined));
	const texts = await Promise.all([...folders].sort().map(async folder => {
		const {name, version, license} = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Record<string, string>;
		const files = (await readdir(folder)).filter(file => /^(?:licen[cs]e|notice|copying)/iv.test(file));
		const contents = await Promise.all(files.map(async file => readFile(path.join(folder, file), 'utf8')));
		return `${name} ${version} (${license})\n\n${contents.join('\n').trim()}\n`;
	}));
	return ['Files in this folder contain the following packages.\n', ...texts].join(`\n${'-'.repeat(80)}\n\n`);
}

const [bundle, bin] = await Promise.all([
	build({
		...common,
		entryPoints,
		external,
		splitting: true,
		plugins: [meowWithoutPackageData, bundledInkTable],
		target: 'node24',
		chunkNames: '[name]-[hash]',
		define: {'process.env.NODE_ENV': '"production"'},
		// For bundled CommonJS packages, which require Node's own modules.
		banner: {js: 'import {createRequire as createRequireOfBundle} from \'node:module\';\nconst require = createRequireOfBundle(import.meta.url);'},
	}),
	build({...common, entryPoints: ['source/cli.ts'], target: 'node14.8', plugins: [loadRunLate]}),
]);
// Only now, so that a failed build leaves the last one alone.
await rm('dist', {recursive: true, force: true});
await mkdir('dist');
await Promise.all([...bundle.outputFiles, ...bin.outputFiles].map(async file => writeFile(file.path, file.contents)));
await chmod('dist/cli.js', 0o755);
await writeFile('dist/third-party-licences.txt', await licences(bundle.metafile));

// Types are checked by `npm run typecheck`; here declarations are only written.
const {status} = spawnSync('node_modules/.bin/tsc', ['--project', '.scripts/tsconfig.declarations.json'], {stdio: 'inherit'});
process.exitCode = status ?? 1;
