import {spawnSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {optionalTest} from '../helpers/optional-test.ts';
import {entry, TestHost} from '../helpers/run-coffer.ts';

const lack = spawnSync('jq', ['--version']).status === 0 ? undefined : 'jq is not installed';
const script = path.resolve(import.meta.dirname, '../fixtures/every-operation.sh');

optionalTest(lack, 'a script that uses nothing but the command line and jq can do every operation', t => {
	t.timeout(120_000);
	const host = new TestHost(t);
	mkdirSync(host.path('bin'));
	mkdirSync(host.path('work'));
	writeFileSync(host.path('bin/coffer'), `#!/bin/sh\nexec "${process.execPath}" "${entry}" "$@"\n`, {mode: 0o755});
	const {status, stdout, stderr} = spawnSync('bash', [script], {cwd: host.path('work'), env: {...host.environment, PATH: `${host.path('bin')}:${host.environment['PATH']}`}, encoding: 'utf8'});
	t.is(status, 0, stdout + stderr);
	t.log(`${stdout.split('\n').filter(line => line.startsWith('ok')).length} steps`);
});
