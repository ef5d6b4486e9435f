import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import test, {type ExecutionContext} from 'ava';
import {createSystemRuntime} from '../../source/engine/runtime.ts';
import {createRandom, DailyChanges, type Digests} from '../helpers/daily-changes.ts';
import {missingDays, promisedSnapshots, type ListedSnapshot} from '../helpers/promised-snapshots.ts';
import {TestHost} from '../helpers/run-coffer.ts';
import {walkFolder} from '../helpers/walk-folder.ts';

const dayMs = 24 * 60 * 60 * 1000;
const hourMs = 60 * 60 * 1000;
const minuteMs = 60 * 1000;
const isSoak = process.env['COFFER_SOAK'] === '1';
const sources = ['files', 'database', 'dump'] as const;
/** A Thursday, in summer time nowhere: the first day. */
const firstDayMs = Date.parse('2026-01-01T00:00:00Z');

type Call = {readonly code: number | null; readonly stdout: string; readonly stderr: string; readonly isKilled: boolean};

/** A host whose clock is set for each call, and whose data changes. */
class SimulatedHost {
	readonly host: TestHost;
	readonly changes: DailyChanges;
	/** Every snapshot that was ever seen, in the order in which they came. */
	readonly made = new Map<string, ListedSnapshot>();
	/** What the sources held when each was made. */
	readonly contents = new Map<string, Digests>();
	readonly calls = {all: 0, killed: 0};
	readonly #t: ExecutionContext;

	constructor(t: ExecutionContext, seed: number) {
		this.#t = t;
		this.host = new TestHost(t);
		mkdirSync(this.host.path('srv'));
		this.changes = new DailyChanges(this.host.path('srv'), seed);
		t.teardown(() => {
			this.changes.close();
		});
	}

	async setUp(nowMs: number): Promise<void> {
		const {code, stderr} = await this.call(nowMs, ['init']);
		this.#t.is(code, 0, stderr);
		const {filesFolder, databaseFile, dumpFile} = this.changes;
		writeFileSync(this.host.configFile, JSON.stringify({
			repository: this.host.repository,
			keys: {rotate: 'automatic'},
			schedule: {timeZone: 'UTC'},
			logs: {size: '1G', days: 3650},
			sources: [
				{name: 'files', paths: [filesFolder]},
				{name: 'database', kind: 'sqlite', paths: [databaseFile]},
				{name: 'dump', command: ['/bin/cat', dumpFile]},
			],
		}), {mode: 0o600});
	}

	/** Run the program at a time of its own clock; in this process, unless it is to be killed after so many milliseconds. */
	async call(nowMs: number, argv: readonly string[], killAfterMs?: number): Promise<Call> {
		this.calls.all++;
		if (killAfterMs === undefined) {
			const system = createSystemRuntime();
			const aheadMs = nowMs - system.now();
			const outcome = await this.host.runHere(argv, {runtime: {...system, now: () => system.now() + aheadMs}});
			return {...outcome, isKilled: false};
		}

		const child = spawn(process.execPath, ['--import', path.join(import.meta.dirname, '../helpers/tsx-loader.ts'), path.join(import.meta.dirname, '../helpers/coffer-at.ts'), String(nowMs), ...argv], {
			cwd: this.host.folder, env: this.host.environment, stdio: 'ignore',
		});
		// The one place where time is real: where exactly the process is then does not matter.
		const timer = setTimeout(() => {
			child.kill('SIGKILL');
		}, killAfterMs);
		const [code, signal] = await once(child, 'close') as [number | null, string | null];
		clearTimeout(timer);
		this.calls.killed += Number(signal === 'SIGKILL');
		return {code, stdout: '', stderr: '', isKilled: signal === 'SIGKILL'};
	}

	/** Take in what is there now. @returns The ids. */
	async look(nowMs: number): Promise<ReadonlySet<string>> {
		const {code, stdout, stderr} = await this.call(nowMs, ['snapshots', '--json']);
		this.#t.is(code, 0, stderr);
		const listed = JSON.parse(stdout) as ListedSnapshot[];
		const digests = this.changes.digests();
		for (const snapshot of listed.filter(({id}) => !this.made.has(id))) {
			this.made.set(snapshot.id, snapshot);
			this.contents.set(snapshot.id, digests);
		}

		return new Set(listed.map(({id}) => id));
	}

	/** Bytes of all objects of the repository. */
	usedBytes(): number {
		return [...walkFolder(this.host.repository).values()].filter(({type}) => type === 'file').reduce((sum, {size}) => sum + Number(size), 0);
	}

	/** All lines of all logs. */
	logLines(): Array<Record<string, unknown>> {
		const folder = path.join(this.host.stateFolder, 'logs');
		return readdirSync(folder).flatMap(name => readFileSync(path.join(folder, name), 'utf8').split('\n').filter(line => line !== '').map(line => JSON.parse(line) as Record<string, unknown>));
	}
}

/** Every snapshot that is left holds what its source held that day; outside of a soak every fourth is looked at. @returns How many. */
async function restoreAll(t: ExecutionContext, year: SimulatedHost, all: readonly ListedSnapshot[], nowMs: number): Promise<number> {
	const left = all.filter((_, number) => isSoak || number % 4 === 0);
	const target = year.host.path('restored');
	for (const {id, source} of left) {
		rmSync(target, {recursive: true, force: true});
		const {code, stderr} = await year.call(nowMs, ['restore', id, '--target', target, '--quiet']);
		t.is(code, 0, stderr);
		t.is(year.changes.digestOfRestored(source as keyof Digests, target), year.contents.get(id)![source as keyof Digests], `${source} of ${year.made.get(id)!.time}`);
	}

	return left.length;
}

/**
@param days - How many.
@param killShare - Of the calls that are killed at some point, as real processes.
*/
async function simulate(t: ExecutionContext, days: number, killShare: number): Promise<void> {
	const year = new SimulatedHost(t, 20_260_101);
	const random = createRandom(7);
	await year.setUp(firstDayMs);
	let before: ReadonlySet<string> = new Set();
	const sizes: number[] = [];
	let nowMs = firstDayMs;
	for (let day = 0; day < days; day++) {
		year.changes.change();
		let wasKilled = false;
		for (const hours of [2.2, 4.5, 4.9]) {
			// The last call of a day only makes up for one that was killed.
			if (hours === 4.9 && !wasKilled) {
				continue;
			}

			nowMs = firstDayMs + (day * dayMs) + (hours * hourMs);
			wasKilled = hours < 4.9 && random() < killShare;
			const {code, stderr} = await year.call(nowMs, ['--headless', '--quiet'], wasKilled ? 250 + (random() * 1200) : undefined);
			if (!wasKilled) {
				t.true(code === 0 || code === 20, `day ${day}: ${code} ${stderr}`);
			}

			const now = await year.look(nowMs);
			// The call has taken a little time.
			const promised = new Set(promisedSnapshots([...year.made.values()], nowMs + minuteMs));
			for (const id of before.difference(now)) {
				const gone = year.made.get(id)!;
				t.false(promised.has(gone), `${gone.source} of ${gone.time} (${gone.class}) went too early, at ${new Date(nowMs).toISOString()}`);
			}

			before = now;
		}

		if (day % 30 !== 29) {
			continue;
		}

		sizes.push(year.usedBytes());
		const {code, stdout} = await year.call(nowMs, ['verify', '--read-data', '--json']);
		t.is(code, 0, stdout);
	}

	const {code, stderr} = await year.call(nowMs + minuteMs, ['prune', '--quiet']);
	t.is(code, 0, stderr);
	const left = [...await year.look(nowMs + minuteMs)].map(id => year.made.get(id)!);
	const promised = promisedSnapshots([...year.made.values()], nowMs + minuteMs);
	t.deepEqual(left.map(({id}) => id).toSorted(), promised.map(({id}) => id).toSorted(), 'exactly the snapshots that the rules promise');
	t.deepEqual(missingDays([...year.made.values()], sources, nowMs, days - 2), [], 'a snapshot of each source for each day');
	const restored = await restoreAll(t, year, left, nowMs + (2 * minuteMs));
	tellTheSame(t, year);
	// It levels off: what the last months added, prune took away.
	t.true(sizes.length < 6 || sizes.at(-1)! < sizes[4]! * 1.25, sizes.join(' '));

	t.log(`${days} days, ${year.calls.all} calls, ${year.calls.killed} killed; ${year.made.size} snapshots made, ${left.length} left, ${restored} restored; bytes each month: ${sizes.join(' ')}`);
}

/** The log has every snapshot, and the state every run that the log has. */
function tellTheSame(t: ExecutionContext, year: SimulatedHost): void {
	const lines = year.logLines();
	const logged = new Set(lines.filter(({msg}) => msg === 'backup ends').map(({snapshot}) => snapshot));
	const unlogged = [...year.made.keys()].filter(id => !logged.has(id));
	// A killed run may have made its snapshot and not come to say so.
	t.true(unlogged.length <= year.calls.killed, `${unlogged.length} snapshots are not in the log`);
	t.deepEqual([...logged].filter(id => !year.made.has(id as string)), [], 'nothing is logged that was not');
}

const days = isSoak ? 366 : 38;

test(`${days} days with three sources: every snapshot that the rules promise and no other, all of them restorable, and a log that tells the same`, async t => {
	t.timeout(isSoak ? 3 * hourMs : 300_000);
	await simulate(t, days, isSoak ? 0.15 : 0);
});
