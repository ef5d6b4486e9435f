import {isCofferError, type EngineClient, type ErrorCode, type Overview} from '../engine/index.ts';
import type {Clock} from './clock.ts';
import type {DashboardStore} from './hooks/use-selector.ts';
import {toFailure} from './job-runner.ts';
import {isAtWork} from './model/job.ts';

/** How often the repository and the state of this host are looked at, in milliseconds: at rest, and while something runs. */
export const restMs = 5000;
export const busyMs = 2000;
/** Tries to reach a repository that is gone, one after the other; the last one again and again. */
const retryMs = [2000, 5000, 10_000, 30_000];

/** Failures to open a repository that do not pass by themselves: a screen could only repeat them. */
const lasting: ReadonlySet<ErrorCode> = new Set([
	'usage', 'configuration-invalid', 'repository-missing', 'format-unsupported', 'key-wrong', 'key-expired', 'key-file-missing', 'key-file-unsafe', 'key-file-invalid', 'damaged', 'aborted',
]);

export type WatcherOptions = {
	readonly store: DashboardStore;
	readonly clock: Clock;
	readonly startEngine: () => EngineClient;
	/** Told instead of the store when the repository cannot be opened the first time, for a reason that does not pass by itself. */
	readonly onFatal: (error: unknown) => void;
};

/**
Looks at the repository, again and again: what it finds goes to the store. An engine that fails is closed, and a new one opened later.
*/
export class Watcher {
	readonly #options: WatcherOptions;
	#engine: EngineClient | undefined;
	#cancel: (() => void) | undefined;
	#look: Promise<void> | undefined;
	#isWanted = false;
	#isClosed = false;
	#failures = 0;
	/** What the list of snapshots was fetched for. */
	#known: string | undefined;

	constructor(options: WatcherOptions) {
		this.#options = options;
	}

	/** The open repository; `undefined` while it cannot be reached. */
	get engine(): EngineClient | undefined {
		return this.#options.store.state.link.status === 'ready' ? this.#engine : undefined;
	}

	/** Look now; when a look is under way, once more after it. */
	refresh(): void {
		if (this.#isClosed) {
			return;
		}

		if (this.#look) {
			this.#isWanted = true;
			return;
		}

		this.#cancel?.();
		this.#look = this.#lookOnce();
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		this.#cancel?.();
		await this.#engine?.close();
		await this.#look;
	}

	async #lookOnce(): Promise<void> {
		const {store, clock, startEngine, onFatal} = this.#options;
		this.#isWanted = false;
		let delayMs = restMs;
		try {
			this.#engine ??= startEngine();
			await this.#engine.opened;
			const overview = await this.#engine.overview();
			store.dispatch({type: 'overview-loaded', overview, nowMs: clock.now()}, {isUrgent: this.#failures > 0 || this.#known === undefined});
			this.#failures = 0;
			await this.#loadSnapshots(overview);
			delayMs = overview.activities.length > 0 || store.state.jobs.some(job => isAtWork(job)) ? busyMs : restMs;
		} catch (error) {
			if (this.#known === undefined && !this.#isClosed && isCofferError(error) && lasting.has(error.code)) {
				this.#isClosed = true;
				onFatal(error);
			}

			delayMs = retryMs[Math.min(this.#failures, retryMs.length - 1)]!;
			this.#failures++;
			const engine = this.#engine;
			this.#engine = undefined;
			if (!this.#isClosed) {
				store.dispatch({type: 'link-changed', link: {status: 'offline', failure: toFailure(error), sinceMs: clock.now()}}, {isUrgent: true});
			}

			await engine?.close().catch(() => undefined);
		}

		this.#look = undefined;
		if (this.#isWanted) {
			this.refresh();
		} else if (!this.#isClosed) {
			this.#cancel = clock.after(delayMs, () => {
				this.refresh();
			});
		}
	}

	/** The list of snapshots is only fetched when it has become another one. */
	async #loadSnapshots({sources, lastVerification}: Overview): Promise<void> {
		const signature = JSON.stringify([lastVerification, ...sources.map(({host, name, snapshots, lastSuccess, lastVerified}) => [host, name, snapshots, lastSuccess, lastVerified])]);
		if (signature !== this.#known) {
			const snapshots = await this.#engine!.listSnapshots();
			this.#known = signature;
			this.#options.store.dispatch({type: 'snapshots-loaded', snapshots});
		}
	}
}
