import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {createInterface} from 'node:readline';
import test from 'ava';
import {isAlive, until} from '../helpers/processes.ts';
import {createFolder} from '../helpers/source-folder.ts';
import {createByteStream} from '../helpers/test-runtime.ts';

const script = path.resolve(import.meta.dirname, '../helpers/engine-process.ts');

test('kill -9 of the process with the screen: the engine\'s own process ends by itself, and leaves the repository clean', async t => {
	const noise = createByteStream('orphan');
	const folder = createFolder(t, Object.fromEntries(Array.from({length: 60}, (_, index) => [`f${index}`, noise(2_000_000)])));
	const work = createFolder(t);
	const parent = spawn(process.execPath, [script, 'source/index.ts', work, folder, 'process'], {stdio: ['ignore', 'pipe', 'inherit']});
	const lines = createInterface({input: parent.stdout});
	// Says its engine's process once the backup has begun to read.
	const [line] = await once(lines, 'line') as [string];
	const pid = Number(line);
	t.true(isAlive(pid));
	parent.kill('SIGKILL');
	await until('the engine\'s process has ended', () => !isAlive(pid));
	t.deepEqual(['tmp', 'writers'].flatMap(name => readdirSync(path.join(work, 'repository', name))), []);
	t.false(existsSync(path.join(work, 'repository', 'snapshots')));
});
