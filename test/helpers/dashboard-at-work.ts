import {readdirSync, truncateSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {ExecutionContext} from 'ava';
import {createHostWithPast, sourceFolder} from './host-with-past.ts';
import {Keyboard} from './keyboard.ts';
import {processesIn, until} from './processes.ts';
import type {TestHost} from './run-coffer.ts';
import {writeLayout} from './source-folder.ts';
import {startCoffer, type Terminal} from './terminal.ts';
import {createByteStream} from './test-runtime.ts';

/** One hole, which takes no room and longer to read than any test lasts. */
const hugeBytes = 50_000_000_000;

/** What runs have in the repository that have not ended, or not as they should. */
export const unfinishedObjects = (host: TestHost): string[] => ['tmp', 'writers'].flatMap(name => readdirSync(path.join(host.repository, name)));

export type OpenDashboard = {readonly host: TestHost; readonly terminal: Terminal; readonly keyboard: Keyboard};

/** The dashboard of a host with one source, `data`, that is late. */
export async function openAtRest(t: ExecutionContext): Promise<OpenDashboard> {
	const host = await createHostWithPast(t, [{name: 'data', backups: [{daysAgo: 3.1, files: {small: 'x'}}]}]);
	const terminal = startCoffer(t, host);
	await terminal.waitFor(/▸ data +LATE/);
	return {host, terminal, keyboard: new Keyboard(terminal)};
}

/** Write nine more files, of which one is so large that no backup comes to its end. @returns What makes it small. */
export function growSource(host: TestHost): () => void {
	const folder = sourceFolder(host, 'data');
	const noise = createByteStream('at work');
	writeLayout(folder, {huge: '', ...Object.fromEntries(Array.from({length: 8}, (_, index) => [`part-${index}`, noise(1_000_000)]))});
	const huge = path.join(folder, 'huge');
	truncateSync(huge, hugeBytes);
	return () => {
		truncateSync(huge, 1_000_000);
	};
}

export type DashboardAtWork = OpenDashboard & {
	/** The process of the backup. */
	readonly job: number;
	/** Let the backup go on; it is not done before `finish`. */
	readonly goOn: () => void;
	/** From now on there is little to read. */
	readonly finish: () => void;
};

/** The same with a backup of 10 files that has begun to write, and stands still until `goOn`. */
export async function openAtWork(t: ExecutionContext): Promise<DashboardAtWork> {
	const dashboard = await openAtRest(t);
	const {host, terminal, keyboard} = dashboard;
	const finish = growSource(host);
	t.teardown(() => {
		for (const pid of processesIn(host.folder)) {
			process.kill(pid, 'SIGKILL');
		}
	});
	await keyboard.press('b', 'Back up "data" now?');
	terminal.press('y');
	await until('a backup that writes', () => unfinishedObjects(host).length > 0);
	const job = processesIn(host.folder).find(pid => pid !== terminal.pid)!;
	process.kill(job, 'SIGSTOP');
	await terminal.waitFor('backup data');
	return {
		...dashboard,
		job,
		goOn() {
			process.kill(job, 'SIGCONT');
		},
		finish,
	};
}
