import {noteTime, trustClock, type ClockMemory} from '../clock-memory.ts';
import {isCofferError} from '../errors.ts';
import type {EventListener} from '../events.ts';
import type {SlotId} from '../ids.ts';
import type {RepositorySession, StorageUsage, StoredSnapshot} from '../repository/repository.ts';
import type {Activity} from '../state/activity.ts';
import {ClockState} from '../state/clock-state.ts';
import {emptyMemory, HostState, type RepositoryMemory} from '../state/host-state.ts';
import type {KeyUse} from '../state/key-uses.ts';
import type {Watch} from '../state/noted-findings.ts';
import {remembering} from '../state/remembering.ts';
import {noneSettled, type SettledIncidents} from '../state/settled-incidents.ts';
import {ScheduleState} from '../state/schedule-state.ts';
import {acknowledgeAlert, type AcknowledgeOptions} from './acknowledge-alert.ts';
import {ageAlerts, compareSeverity} from './alert-life.ts';
import {findSettled} from './anomalies/find-anomalies.ts';
import type {Alert, Finding} from './alert.ts';
import {findLosses} from './freshness.ts';
import {standingFindings} from './noted-findings.ts';
import {isOfActivity, runOfDeadBackup, seenOf, toldBySnapshots} from './run-record.ts';

const keyUseIntervalMs = 60 * 60 * 1000;

/**
What this host remembers of an open repository, and what is to be done with it around every operation. A state that cannot be read or written is told once and stops nothing.
*/
export class HostMemory {
	readonly session: RepositorySession;
	readonly state: HostState;
	readonly schedule: ScheduleState;
	readonly #clock: ClockState;
	readonly #onEvent: EventListener | undefined;
	readonly #told = new Set<string>();
	/** Activities that have ended, although the state still holds them. */
	readonly #ended = new Set<string>();
	#isFresh = false;
	#isExchanged = false;
	#isRolledBack = false;

	/** @param onEvent - Told what a person should know when no operation runs. */
	constructor(session: RepositorySession, stateFolder: string, onEvent?: EventListener) {
		this.session = session;
		this.#onEvent = onEvent;
		const context = {
			runtime: session.runtime,
			warn: (message: string) => {
				this.warn(message);
			},
		};
		this.state = new HostState(stateFolder, session.keyring.repository.id, context);
		this.#clock = new ClockState(stateFolder, session.storage.url, context);
		this.schedule = new ScheduleState(stateFolder, session.storage.url, context);
	}

	/** Tell a person something about the repository as a whole. @param onEvent - @default the listener of this memory */
	warn(message: string, onEvent = this.#onEvent): void {
		onEvent?.({event: 'warning', kind: 'repository', message});
	}

	/** Do something with the state. @returns `fallback` where that failed. */
	remember<Result>(action: (state: HostState) => Result, fallback: Result, onEvent?: EventListener): Result {
		return remembering(message => {
			if (!this.#told.has(message)) {
				this.#told.add(message);
				this.warn(message, onEvent);
			}
		}, () => action(this.state), fallback);
	}

	/** Whether another repository lay here when it was opened, or its keys were older than those that this host has seen. */
	get trust(): {readonly isExchanged: boolean; readonly isRolledBack: boolean} {
		return {isExchanged: this.#isExchanged, isRolledBack: this.#isRolledBack};
	}

	/** Warn when another repository lies here than the one that this host knows. */
	checkPlace(): void {
		const {url} = this.session.storage;
		const other = this.remember(state => state.checkPlace(url), undefined);
		this.#isExchanged = other !== undefined;
		if (other !== undefined) {
			this.warn(`The repository at ${url} is not the one that this host knows there: it was exchanged. If that was on purpose, delete ${this.state.file}: this host then remembers anew. If not, find out who did it.`);
		}
	}

	/** Warn when the key slot is older than what this host has seen: what came since, such as a key that was removed, may be undone. */
	checkKeyring(): void {
		const {storage: {url}, keyring: {generation}} = this.session;
		const newest = this.remember(state => state.checkGeneration(generation), undefined);
		this.#isRolledBack = newest !== undefined;
		if (newest !== undefined) {
			this.warn(`The key slots at ${url} are older than those that this host has seen there: keys/ was put back to an older state, and keys that were removed or replaced since may open it again. Find out who did it; then change the keys with "coffer key rotate".`);
		}
	}

	/** What this host remembers of key slots. */
	keyUses(onEvent?: EventListener): ReadonlyMap<SlotId, KeyUse> {
		return this.remember<ReadonlyMap<SlotId, KeyUse>>(state => state.keyUses(), new Map(), onEvent);
	}

	/** Remember that the session's key slot was used here, at most once an hour, and what the clock says. */
	noteKeyUse(): void {
		const {slot: {slotId}, runtime} = this.session;
		const nowMs = runtime.now();
		this.remember(() => {
			this.#clock.change(memory => noteTime(memory, nowMs));
		}, undefined);
		this.remember(state => {
			const used = state.keyUses().get(slotId)?.used;
			if (used === undefined || Math.abs(nowMs - Date.parse(used)) >= keyUseIntervalMs) {
				state.noteKeyUse(slotId, {used: new Date(nowMs).toISOString()});
			}
		}, undefined);
	}

	/** What this host remembers of its clock. */
	clock(onEvent?: EventListener): ClockMemory | undefined {
		return this.remember(() => this.#clock.read(), undefined, onEvent);
	}

	/** Remember that somebody says that the clock is right. @param latestMs - The latest time that anything of this host bears. */
	trustClock(latestMs: number, onEvent?: EventListener): void {
		this.remember(() => {
			this.#clock.change(memory => trustClock(memory, this.session.runtime.now(), latestMs));
		}, undefined, onEvent);
	}

	/** Once: say what this host has seen and the repository no longer holds. @throws what the storage throws */
	async checkFreshness(onEvent?: EventListener): Promise<void> {
		if (this.#isFresh) {
			return;
		}

		this.#isFresh = true;
		await this.refreshLosses((source, {id, time}) => {
			this.warn(`The snapshot ${id.slice(0, 8)} of "${source}", made at ${time}, is gone without having been forgotten: it was removed, or the storage was put back to an older state.`, onEvent);
		});
	}

	/** Look again for what is gone, and remember it. @param tell - Called for each that is. @throws what the storage throws */
	async refreshLosses(tell?: (source: string, loss: RepositoryMemory['sources'][number]['losses'][number]) => void): Promise<void> {
		const sources = this.remember(state => state.sources(), []);
		for (const {source, losses, isNews} of await findLosses(this.session, sources)) {
			for (const loss of losses) {
				tell?.(source, loss);
			}

			if (isNews) {
				this.remember(state => {
					state.recordLosses(source, losses);
				}, undefined);
			}
		}
	}

	/** Where nothing of this repository was remembered: take from its snapshots what they tell of this host's runs. */
	rebuild(snapshots: readonly StoredSnapshot[], onEvent?: EventListener): void {
		this.remember(state => {
			if (!state.isRebuilt()) {
				state.rebuild(toldBySnapshots(snapshots, this.session.runtime.identity.host));
			}
		}, undefined, onEvent);
	}

	/** Everything remembered. Activities of processes that have died are taken away; of a backup a run remains. */
	read(snapshots: readonly StoredSnapshot[], onEvent?: EventListener): RepositoryMemory {
		const {runtime} = this.session;
		return this.remember(state => {
			for (const id of this.#ended) {
				state.endActivity(id);
				this.#ended.delete(id);
			}

			const memory = state.read();
			const dead = memory.activities.filter(({process}) => !runtime.isAlive(process));
			for (const activity of dead) {
				this.#takeOver(activity, memory, snapshots);
			}

			return dead.length > 0 ? state.read() : memory;
		}, emptyMemory, onEvent);
	}

	#takeOver(activity: Activity, {sources}: RepositoryMemory, snapshots: readonly StoredSnapshot[]): void {
		const {id, kind, subject: source} = activity;
		const {host} = this.session.runtime.identity;
		const made = snapshots.find(snapshot => snapshot.source === source && snapshot.host === host && isOfActivity(snapshot, activity));
		const isKnown = made !== undefined && sources.some(({runs}) => runs.some(run => run.snapshot === made.id));
		this.state.takeOverActivity(id, kind === 'backup' && source !== undefined && !isKnown ? {source, run: runOfDeadBackup(activity, made), ...(made && {head: seenOf(made)})} : undefined);
	}

	/** An activity has ended; where that cannot be remembered now, it is at the next reading. */
	endActivity(id: string, onEvent?: EventListener): void {
		this.#ended.add(id);
		this.remember(state => {
			state.endActivity(id);
			this.#ended.delete(id);
		}, undefined, onEvent);
	}

	/** Remember how full the storage is, at most once an hour. @param usage - @default what the storage says now; where it cannot, there is no sample */
	async sampleStorage(onEvent?: EventListener, usage?: StorageUsage): Promise<void> {
		const {storage, runtime} = this.session;
		if (!this.remember(state => state.isSampleDue(storage.url, runtime.now()), false, onEvent)) {
			return;
		}

		try {
			const {usedBytes, freeBytes} = usage ?? await storage.usage();
			this.remember(state => {
				state.addStorageSample(storage.url, {time: new Date(runtime.now()).toISOString(), ...(usedBytes !== undefined && {usedBytes}), ...(freeBytes !== undefined && {freeBytes})});
			}, undefined, onEvent);
		} catch (error) {
			if (!isCofferError(error)) {
				throw error;
			}
		}
	}

	/** Remember what a watch of this host finds now, for every overview from now on. */
	noteFindings(watch: Watch, findings: readonly Finding[], onEvent?: EventListener): void {
		const time = new Date(this.session.runtime.now()).toISOString();
		this.remember(state => {
			state.watch.replace(watch, findings.map(finding => ({...finding, time})));
		}, undefined, onEvent);
	}

	/** What looked like a loss and was settled by a person; what was acknowledged long enough ago is from now on. */
	settledIncidents(nowMs: number, onEvent?: EventListener): SettledIncidents {
		return this.remember(state => {
			const news = findSettled(state.alerts.records(), nowMs);
			if (news.length > 0) {
				state.watch.settle(news);
			}

			return state.watch.settled();
		}, noneSettled, onEvent);
	}

	/** What was found, and what watches of this host have found, each with its life on this host. */
	ageAlerts(found: readonly Finding[], nowMs: number, onEvent?: EventListener): Alert[] {
		const findings = standingFindings(this.remember(state => state.watch.findings(), [], onEvent), found, nowMs);
		const records = this.remember(state => state.alerts.records(), [], onEvent);
		const aged = ageAlerts(records, findings, nowMs);
		if (aged.isChanged) {
			this.remember(state => {
				state.alerts.change({time: new Date(nowMs).toISOString(), compare: compareSeverity}, before => ageAlerts(before, findings, nowMs).records);
			}, undefined, onEvent);
		}

		const tellings = this.remember<ReadonlyMap<string, Alert['told']>>(state => state.alerts.tellings(), new Map(), onEvent);
		return aged.alerts.map(alert => {
			const told = tellings.get(alert.key);
			return told ? {...alert, told} : alert;
		});
	}

	/**
	Note that somebody has seen an alert. Unlike what is remembered by the way, this fails where it cannot be.
	@throws `usage` where there is no such alert; `state-failed`
	*/
	acknowledge(key: string, note?: string): void {
		this.#acknowledge(key, {...(note !== undefined && {note})});
	}

	/** Take that back. @throws `usage` where there is no such alert; `state-failed` */
	unacknowledge(key: string): void {
		this.#acknowledge(key, {isUndone: true});
	}

	#acknowledge(key: string, options: AcknowledgeOptions): void {
		acknowledgeAlert(this.state, this.session.runtime, key, options);
	}

	close(): void {
		this.remember(state => {
			state.close();
			this.#clock.close();
			this.schedule.close();
		}, undefined);
	}
}
