import {execFile} from 'node:child_process';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import test from 'ava';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../../helpers/prune-process.ts', import.meta.url));
/** Measured: 38 MB more for 100,000 files, 227 MB for a million. */
const [files, maximumBytes] = process.env['COFFER_SOAK'] === '1' ? [1_000_000, 400_000_000] : [100_000, 120_000_000];

test('many files take little memory: what is needed is a bit each', async t => {
	const {stdout} = await run(process.execPath, ['--expose-gc', '--max-old-space-size=600', script, String(files)]);
	const {removed, seconds, bytes} = JSON.parse(stdout) as {removed: number; seconds: number; bytes: number};
	t.is(removed, files / 20_000);
	t.true(bytes < maximumBytes, `${bytes} bytes`);
	t.log(`${files} files: ${Math.round(bytes / 1e6)} MB more than before, ${seconds} s, ${removed} packs deleted`);
});
