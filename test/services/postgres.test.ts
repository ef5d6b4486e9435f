import {spawnSync} from 'node:child_process';
import {rmSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {optionalTest} from '../helpers/optional-test.ts';
import {isAlive, until} from '../helpers/processes.ts';
import {postgresLack} from './postgres.ts';

optionalTest(postgresLack, 'a test server ends with the process that started it, also by kill -9', async t => {
	const script = `import {readFileSync} from 'node:fs';
		import {TestPostgres} from ${JSON.stringify(path.join(import.meta.dirname, 'postgres.ts'))};
		const server = await TestPostgres.start();
		const [pid] = readFileSync(server.folder + '/data/postmaster.pid', 'utf8').split('\\n', 1);
		process.stdout.write(pid + ' ' + server.folder, () => process.kill(process.pid, 'SIGKILL'));`;
	const {signal, stdout, stderr} = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {encoding: 'utf8'});
	t.is(signal, 'SIGKILL', stderr);
	const [number, folder = ''] = stdout.split(' ');
	t.teardown(() => {
		rmSync(folder, {recursive: true, force: true});
	});
	const pid = Number(number);
	t.true(pid > 1);
	await until('the server has gone', () => !isAlive(pid));
});
