import type {EventListener} from '../events.ts';
import type {Activity, ActivityKind} from '../state/activity.ts';
import type {HostMemory} from './host-memory.ts';
import {runOfBackup, runOfError, seenOf, type BackupOutcome} from './run-record.ts';

/** What an activity is told besides, so that each second of it takes one row at most. */
const updateIntervalMs = 1000;

export type TrackingOptions = {
	readonly kind: ActivityKind;
	/** See `Activity`. */
	readonly subject?: string | undefined;
	/** Receives every event. */
	readonly onEvent?: EventListener | undefined;
};

/**
Show to every process of this host that something goes on, and how far it is, until `action` settles.
@param action - Is given the listener that it is to tell its events, and the id of the activity.
*/
export async function trackActivity<Result>(memory: HostMemory, {kind, subject, onEvent}: TrackingOptions, action: (onEvent: EventListener, id: string) => Promise<Result>): Promise<Result> {
	const {runtime} = memory.session;
	const timeNow = () => new Date(runtime.now()).toISOString();
	const started = timeNow();
	const {host, bootId, pid, startTicks} = runtime.identity;
	const id = runtime.randomBytes(16).toString('hex');
	const activity: Activity = {id, kind, ...(subject !== undefined && {subject}), started, updated: started, process: {host, bootId, pid, startTicks}};
	let lastMs = runtime.monotonicMs();
	let isKnown = memory.remember(state => {
		state.beginActivity(activity);
		return true;
	}, false, onEvent);
	try {
		return await action(event => {
			const nowMs = runtime.monotonicMs();
			if (isKnown && event.event === 'progress' && nowMs - lastMs >= updateIntervalMs) {
				lastMs = nowMs;
				const {event: _, ...progress} = event;
				isKnown = memory.remember(state => {
					state.updateActivity({...activity, updated: timeNow(), progress});
					return true;
				}, false, onEvent);
			}

			onEvent?.(event);
		}, id);
	} finally {
		memory.endActivity(id, onEvent);
	}
}

/**
Track a backup, and remember how it went.
@param source - Its name.
*/
export async function trackBackup<Outcome extends BackupOutcome>(
	memory: HostMemory,
	source: string,
	onEvent: EventListener | undefined,
	action: (onEvent: EventListener) => Promise<Outcome>,
): Promise<Outcome> {
	const {runtime} = memory.session;
	const startMs = runtime.now();
	const duration = () => Math.max(0, Math.round(runtime.now() - startMs));
	return trackActivity(memory, {kind: 'backup', subject: source, onEvent}, async (listener, activity) => {
		try {
			const outcome = await action(listener);
			const run = runOfBackup(outcome, duration());
			if (run) {
				memory.remember(state => {
					state.recordRun(source, run, {activity, ...(outcome.snapshot && {head: seenOf(outcome.snapshot)})});
				}, undefined, onEvent);
			}

			return outcome;
		} catch (error) {
			const run = runOfError(error, {time: new Date(startMs).toISOString(), durationMs: duration()});
			memory.remember(state => {
				state.recordRun(source, run, {activity});
			}, undefined, onEvent);
			throw error;
		}
	});
}

/**
Track an import, and remember the run that its snapshot tells of, in its place among the others. A failed import is no run of a source.
@param file - The archive, for people.
*/
export async function trackImport<Outcome extends BackupOutcome & {readonly snapshot?: {readonly source: string}; readonly durationMs: number}>(
	memory: HostMemory,
	file: string,
	onEvent: EventListener | undefined,
	action: (onEvent: EventListener) => Promise<Outcome>,
): Promise<Outcome> {
	return trackActivity(memory, {kind: 'import', subject: file, onEvent}, async (listener, activity) => {
		const outcome = await action(listener);
		const {snapshot, durationMs} = outcome;
		const run = runOfBackup(outcome, durationMs);
		if (snapshot && run) {
			memory.remember(state => {
				const head = state.sources().find(({source}) => source === snapshot.source)?.head;
				// The newest snapshot is what tells of a storage that was put back.
				const isNewest = head === undefined || head.time < snapshot.time;
				state.takeOverActivity(activity, {source: snapshot.source, run, ...(isNewest && {head: seenOf(snapshot)})});
			}, undefined, onEvent);
		}

		return outcome;
	});
}
