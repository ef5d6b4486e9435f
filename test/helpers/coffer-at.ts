/*
The program with another clock: `node coffer-at.ts TIME ARGUMENT…`. TIME, in milliseconds since 1970, is when it begins; from there its clock goes on as ever. What it starts itself (worker threads, other programs) has the machine's.
*/
import process from 'node:process';
import {run} from '../../source/cli/run.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';

const [time = '', ...argv] = process.argv.slice(2);
const system = createSystemRuntime();
const aheadMs = Number(time) - system.now();
process.umask(0o077);
process.exitCode = await run({
	argv,
	environment: process.env,
	stdin: process.stdin,
	stdout: process.stdout,
	stderr: process.stderr,
	runtime: {...system, now: () => system.now() + aheadMs},
});
