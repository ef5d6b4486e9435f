import process from 'node:process';
import type {RepositoryId} from '../../source/engine/ids.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {HostState} from '../../source/engine/state/host-state.ts';

/* A process that remembers runs, each with an activity: FOLDER SOURCE COUNT. It says how many there were, and names each that it has added. */
const [folder = '', source = '', count = '1'] = process.argv.slice(2);
const runtime = createSystemRuntime();
const state = new HostState(folder, 'a'.repeat(32) as RepositoryId, {runtime, warn(message) {
	process.stderr.write(`${message}\n`);
}});
process.stdout.write(`remembered ${state.sources().find(memory => memory.source === source)?.runs.length ?? 0}\n`);
for (let number = 0; number < Number(count); number++) {
	const time = new Date(runtime.now()).toISOString();
	const id = `${source} ${number}`;
	state.beginActivity({id, kind: 'backup', subject: source, started: time, updated: time, process: runtime.identity});
	state.recordRun(source, {time, outcome: 'ok', durationMs: number}, {activity: id});
	process.stdout.write(`${number}\n`);
}

state.close();
