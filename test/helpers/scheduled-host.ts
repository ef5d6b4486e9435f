import {mkdirSync, writeFileSync} from 'node:fs';
import type {ExecutionContext} from 'ava';
import {ScheduleState, type JobRun} from '../../source/engine/index.ts';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {TestHost} from './run-coffer.ts';

export type ScheduledHost = TestHost & {
	/** Write the configuration anew, with other jobs. */
	configure(jobs: Record<string, unknown>, more?: Record<string, unknown>): void;
	/** What is remembered of runs, in the order in which they began. */
	runs(job?: string): JobRun[];
	/** The schedule as it is remembered; closed after the test. */
	readonly schedule: ScheduleState;
};

/** A host with a repository and a source of one file for each name, whose jobs are in UTC. */
export async function createScheduledHost(t: ExecutionContext, names: readonly string[], jobs: Record<string, unknown> = {}): Promise<ScheduledHost> {
	const host = new TestHost(t);
	for (const name of names) {
		mkdirSync(host.path(name));
		writeFileSync(host.path(name, 'file'), name);
	}

	await host.runHere(['init']);
	const schedule = new ScheduleState(host.stateFolder, host.repository, {runtime: createSystemRuntime(), warn: t.fail});
	t.teardown(() => {
		schedule.close();
	});
	const made = Object.assign(host, {
		schedule,
		configure(others: Record<string, unknown>, more: Record<string, unknown> = {}) {
			writeFileSync(host.configFile, JSON.stringify({
				repository: host.repository, key: {file: 'key'}, sources: names.map(name => ({name, paths: [host.path(name)]})), schedule: {timeZone: 'UTC', jobs: others}, ...more,
			}));
		},
		runs: (job?: string) => schedule.runs(job === undefined ? {} : {job}),
	});
	made.configure(jobs);
	return made;
}
