import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, rmSync} from 'node:fs';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import test from 'ava';
import {entry, TestHost} from '../helpers/run-coffer.ts';
import {writeLayout} from '../helpers/source-folder.ts';

const hook = fileURLToPath(new URL('../helpers/faulty-memory.ts', import.meta.url));

for (const place of ['compress', 'encrypt'] as const) {
	test(`fault 14: one bit of memory wrong while it ${place === 'compress' ? 'compresses' : 'encrypts'}, call by call: the run fails and makes no snapshot`, t => {
		const host = new TestHost(t);
		writeLayout(host.path('data'), {'a/text': 'text '.repeat(50_000), 'a/random': randomBytes(300_000), 'b/small': 'small', 'b/other': randomBytes(70_000)});
		host.run(['init']);
		t.is(host.run(['backup', host.path('data')]).code, 0);
		let caught = 0;
		for (let number = 1; ; number++) {
			// Something to store in each run.
			writeLayout(host.path('data'), {'a/text': `${number}`.repeat(50_000), 'a/random': randomBytes(300_000), 'b/small': `${number}`});
			const mark = host.path('mark');
			const {status, stderr} = spawnSync(process.execPath, ['--import', hook, entry, 'backup', host.path('data'), '--verify-writes'], {
				encoding: 'utf8', env: {...host.environment, COFFER_TEST_FAULT: `${place}:${number}`, COFFER_TEST_FAULT_MARK: mark},
			});
			if (!existsSync(mark)) {
				t.is(status, 0, stderr);
				break;
			}

			rmSync(mark);
			caught++;
			t.is(status, 1, `${place} ${number}: ${stderr}`);
			t.regex(stderr, /does not read back .*memtest86/);
			t.is((host.run(['snapshots', '--json']).json()[0] as unknown as unknown[]).length, 1);
		}

		const verified = host.run(['verify', '--read-data']);
		t.is(verified.code, 0, verified.stdout + verified.stderr);
		t.true(caught >= 6, `${caught} faults`);
		t.log(`${caught} of ${caught} caught; everything stored is intact, and the next run succeeds`);
	});
}
