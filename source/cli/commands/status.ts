import type {KeyStatus, Overview, ScheduleOverview, SourceOverview, SourceState, StorageOverview} from '../../engine/index.ts';
import {printAlert} from '../alert-printing.ts';
import type {CommandContext} from '../command-line.ts';
import {jobsOf} from '../configured-jobs.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {formatAge, formatAmount, formatBytes, formatCount, formatSpan} from '../../text/format.ts';
import {describeLocalTime} from '../local-time-text.ts';
import {howToGoOn} from '../rotation-state.ts';
import {styled, type Piece, type Style} from '../output.ts';
import {configuredSources} from '../source-requests.ts';

const words: Readonly<Record<SourceState, readonly [string, Style]>> = {
	ok: ['OK', 'green'],
	partial: ['WARN', 'yellow'],
	stale: ['LATE', 'yellow'],
	failed: ['FAIL', 'red'],
	never: ['NEVER', 'red'],
};

/** When the next run begins: `in 7h`, `due`, or nothing. */
function formatNext(time: string | undefined, nowMs: number): string {
	if (time === undefined) {
		return '-';
	}

	const spanMs = Date.parse(time) - nowMs;
	return spanMs <= 0 ? 'due' : (spanMs < 60_000 ? 'now' : `in ${formatSpan(spanMs)}`);
}

async function printSources({output, runtime}: CommandContext, sources: readonly SourceOverview[]): Promise<void> {
	const now = runtime.now();
	const hasOthers = new Set(sources.map(({host}) => host)).size > 1;
	await output.table(['STATE', 'SOURCE', ...(hasOthers ? ['HOST'] : []), 'LAST OK', 'NEXT', 'VERIFIED', 'SNAPSHOTS', 'SIZE'], sources.map(({name, host, state, lastSuccess, nextRun, lastVerified, snapshots, bytes}): Piece[] => [
		styled(...words[state]), name, ...(hasOthers ? [host] : []), formatAge(lastSuccess, now), formatNext(nextRun, now), formatAge(lastVerified, now), formatCount(snapshots), formatBytes(bytes),
	]), {right: hasOthers ? [6, 7] : [5, 6]});
}

function printStorage({output}: CommandContext, {url, usedBytes, freeBytes, usedPercent, growthBytesPerDay}: StorageOverview): void {
	const space = freeBytes === undefined ? '' : `, ${formatBytes(freeBytes)} free${usedPercent === undefined ? '' : ` (the disk is ${usedPercent} % full)`}`;
	const growth = growthBytesPerDay === undefined || growthBytesPerDay <= 0 ? '' : `, ${formatBytes(growthBytesPerDay)} more every day`;
	output.print(`Repository  ${url}: ${usedBytes === undefined ? 'size unknown' : `${formatBytes(usedBytes)} used`}${space}${growth}`);
}

function printKey({output}: CommandContext, {epochs, rotateAfterDays, age, rotation}: KeyStatus): void {
	const active = epochs.find(({isActive}) => isActive);
	if (active) {
		const advice: Piece = age === 'ok' ? '' : styled(age === 'due' ? '  DUE: rotate it' : '  WARN: a rotation is due soon', age === 'due' ? 'red' : 'yellow');
		output.print(`Key         epoch ${active.id.slice(0, 8)}, ${formatAmount(active.ageDays, 'day')} of ${rotateAfterDays}`, advice);
	}

	if (rotation !== undefined) {
		output.print(`            ${howToGoOn(rotation)}`);
	}
}

/** Whether anything but a person has ever started a job that is remembered. */
function wasStartedByItself(jobs: ScheduleOverview['jobs']): boolean {
	return jobs.some(({runs}) => runs.some(({trigger}) => trigger !== 'hand' && trigger !== 'catch-up'));
}

/** Who keeps the schedule, and which job is the next; those that are due are named, as nobody may be there to run them. */
function printSchedule({output, runtime}: CommandContext, {jobs, holder}: ScheduleOverview): void {
	const nowMs = runtime.now();
	const open = jobs.flatMap(({job, nextRun}) => nextRun === undefined ? [] : [{job, ms: Date.parse(nextRun)}]).toSorted((a, b) => a.ms - b.ms);
	const due = open.filter(({ms}) => ms <= nowMs).map(({job: {name}}) => name);
	const next = open.find(({ms}) => ms > nowMs);
	if (open.length > 0) {
		const facts = [
			...(due.length > 0 ? [`${due.join(', ')} due now`] : []),
			...(next ? [`next ${next.job.name} at ${describeLocalTime(next.ms, next.job.timeZone)}`] : []),
			...(holder ? [`kept by the ${holder.kind} (process ${holder.process.pid})`] : []),
			...(holder || wasStartedByItself(jobs) ? [] : ['nothing has started one by itself yet: see "coffer schedule"']),
		];
		output.print(`Schedule    ${facts.join('; ')}`);
	}
}

/** The document of `--json`. */
function toJson({sources, keys, storage, alerts, activities, ratios, schedule}: Overview) {
	return {
		sources: sources.map(source => ({
			...source,
			lastSuccess: source.lastSuccess ?? null,
			lastRun: source.lastRun ?? null,
			lastVerified: source.lastVerified ?? null,
			nextRun: source.nextRun ?? null,
			classification: source.classification ?? null,
		})),
		keys: keys.keys,
		epochs: keys.epochs,
		rotateAfterDays: keys.rotateAfterDays,
		keyAge: keys.age,
		rotation: keys.rotation ?? null,
		storage: storage.map(place => ({...place, usedBytes: place.usedBytes ?? null, freeBytes: place.freeBytes ?? null, usedPercent: place.usedPercent ?? null})),
		ratios,
		alerts: alerts.map(({key, kind, severity, object, message, cause, nextStep, firstSeen, lastSeen, acknowledged}) => ({
			key, kind, severity, object, message, cause: cause ?? null, nextStep, firstSeen, lastSeen, acknowledged: acknowledged ?? null,
		})),
		activities,
		schedule: schedule.jobs.map(({job: {name, kind, isEnabled, expression, timeZone}, nextRun, runs, usualDurationMs}) => ({
			name, kind, isEnabled, expression, timeZone, nextRun: nextRun ?? null, lastRun: runs.at(-1) ?? null, usualDurationMs: usualDurationMs ?? null,
		})),
		scheduleHolder: schedule.holder ?? null,
	};
}

/** `coffer status`. Alerts are shown; its exit code tells nothing of them. */
export async function status(context: CommandContext): Promise<number> {
	const {output} = context;
	const config = await context.config();
	const engine = await openEngine(context, createEventPrinter(context).listener);
	try {
		const configured = configuredSources(config).map(({source: {name, kind}}) => ({name, kind}));
		const overview = await context.interruptible(async signal => engine.overview(configured, {signal, jobs: config ? jobsOf(config) : []}));
		output.value(toJson(overview));
		if (overview.sources.length > 0) {
			await printSources(context, overview.sources);
		} else {
			output.print('No sources are configured, and there are no snapshots yet. "coffer backup PATH" makes one.');
		}

		output.print();
		for (const place of overview.storage) {
			printStorage(context, place);
		}

		printKey(context, overview.keys);
		printSchedule(context, overview.schedule);
		if (overview.alerts.length > 0) {
			output.print();
		}

		for (const alert of overview.alerts) {
			printAlert(context, alert);
		}

		return 0;
	} finally {
		await engine.close();
	}
}
