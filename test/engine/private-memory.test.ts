import {spawnSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import {masked} from '../helpers/masked-secret.ts';
import {optionalTest} from '../helpers/optional-test.ts';
import {createFolder} from '../helpers/source-folder.ts';

const script = path.resolve(import.meta.dirname, '../helpers/private-process.ts');
const secret = 'canary-in-memory-salak-6630';
const secretMasked = masked(Buffer.from(secret).toString('hex')).toString('hex');

/** A program that ends badly in a folder of its own. @returns What it has left there. */
function endBadly(folder: string, manner: 'as-it-is' | 'private', end: string, options = '') {
	const command = 'ulimit -c unlimited && exec "$@"';
	const {status, signal} = spawnSync('bash', ['-c', command, 'bash', process.execPath, script, manner, end, secretMasked], {
		cwd: folder, encoding: 'utf8', env: {...process.env, NODE_OPTIONS: options, CANARY: secret},
	});
	return {status, signal, files: readdirSync(folder), hits: readdirSync(folder).filter(name => readFileSync(path.join(folder, name)).includes(secret)).length};
}

function findCoreLack(): string | undefined {
	const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
	if (/^[|/]/.test(pattern)) {
		return `core dumps go elsewhere here: ${pattern}`;
	}

	return spawnSync('bash', ['-c', 'ulimit -c unlimited']).status === 0 ? undefined : 'core dumps are not allowed here';
}

optionalTest(findCoreLack(), 'a core dump holds no memory', t => {
	const open = endBadly(createFolder(t), 'as-it-is', 'abort');
	t.is(open.hits, 1, `without our help it holds everything: ${JSON.stringify(open)}`);
	const closed = endBadly(createFolder(t), 'private', 'abort');
	t.is(closed.signal ?? closed.status, open.signal ?? open.status);
	t.is(closed.hits, 0);
	t.log(`core dumps: ${open.hits} of 1 with the secret before, ${closed.hits} of ${closed.files.length} after`);
});

test('diagnostic reports and heap snapshots that NODE_OPTIONS asks for are not written', t => {
	const options = '--report-uncaught-exception --report-on-signal --report-on-fatalerror --heapsnapshot-signal=SIGUSR2';
	let [before, after] = [0, 0];
	for (const end of ['throw', 'signal']) {
		const open = endBadly(createFolder(t), 'as-it-is', end, options);
		t.true(open.files.length > 0, `${end}: without our help there is a file`);
		before += open.files.length;
		after += endBadly(createFolder(t), 'private', end, options).files.length;
	}

	t.is(after, 0);
	t.log(`${before} files before, ${after} after`);
});

test('an exception that nobody catches does not become an abort', t => {
	const options = '--abort-on-uncaught-exception';
	const open = endBadly(createFolder(t), 'as-it-is', 'throw', options);
	t.not(open.status, 1);
	t.is(endBadly(createFolder(t), 'private', 'throw', options).status, 1);
});
