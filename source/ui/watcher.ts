import {isCofferError, type EngineClient, type ErrorCode, type Overview} from '../engine/index.ts';
import type {Clock} from './clock.ts';
import type {DashboardStore} from './hooks/use-selector.ts';
import {toFailure} from './job-runner.ts';
import {isAtWork} from './model/job.ts';

/** How often the repository and the state of this host are looked at, in milliseconds: at rest, and while something runs. */
export const restMs = 5000;
export const busyMs = 2000;
/** How often it is asked whether another process of this host has noted something. */
export const newsMs = 1000;
/** Tries to reach a repository that is gone, one after the other; the last one again and again. */
const retryMs = [2000, 5000, 10_000, 30_000];

/** Failures to open a repository that do not pass by themselves: a screen could only repeat them. */
const lasting: ReadonlySet<ErrorCode> = new Set([
	'usage', 'configuration-invalid', 'repository-missing', 'format-unsupported', 'key-wrong', 'key-expired', 'key-file-missing', 'key-file-unsafe', 'key-file-invalid', 'damaged', 'aborted',
]);

/** What opened the repository when the dashboard began opens it no more. */
const replacedMessage = 'The key was replaced, as a rotation elsewhere does, and the one found here does not open the repository. Put the new key file in its place: coffer goes on by itself. R tries at once.';

export type WatcherOptions = {
	readonly store: DashboardStore;
	readonly clock: Clock;
	readonly startEngine: () => EngineClient;
	/** Another text whenever a process of this host has noted something; what is new is then looked at at once. @default nobody asks */
	readonly readStamp?: (() => Promise<string>) | undefined;
	/** Told instead of the store when the repository cannot be opened the first time, for a reason that does not pass by itself. */
	readonly onFatal: (error: unknown) => void;
	/** Told when the key that opened the repository was removed from it, as by a rotation elsewhere, before the secret is looked for anew. */
	readonly onKeyRemoved?: () => void;
};

/**
Looks at the repository, again and again: what it finds goes to the store. An engine that fails is closed, and a new one opened later.
*/
export class Watcher {
	readonly #options: WatcherOptions;
	#engine: EngineClient | undefined;
	#cancel: (() => void) | undefined;
	/** The rest between two looks. */
	#rest: object | undefined;
	#look: Promise<void> | undefined;
	#isWanted = false;
	#isClosed = false;
	#failures = 0;
	/** The engine that has shown something. */
	#proven: EngineClient | undefined;
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
		this.#rest = undefined;
		this.#look = this.#lookOnce();
	}

	/** Go on with a new engine, with what opens the repository now: keys have changed. */
	reopen(): void {
		if (this.#engine && !this.#isClosed) {
			this.#replace(this.#engine);
		}

		this.refresh();
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		this.#cancel?.();
		this.#rest = undefined;
		await this.#engine?.close();
		await this.#look;
	}

	async #lookOnce(): Promise<void> {
		const {store, clock, startEngine} = this.#options;
		this.#isWanted = false;
		let delayMs = restMs;
		// What is noted while we look may be seen, or not: then it is looked for once more.
		const stamp = await this.#readStamp();
		if (this.#isClosed) {
			return;
		}

		let engine = this.#engine;
		try {
			engine ??= startEngine();
			this.#engine = engine;
			await engine.opened;
			const overview = await engine.overview();
			store.dispatch({type: 'overview-loaded', overview, nowMs: clock.now()}, {isUrgent: this.#failures > 0 || this.#known === undefined});
			this.#failures = 0;
			await this.#loadSnapshots(engine, overview);
			this.#proven = engine;
			delayMs = overview.activities.length > 0 || store.state.jobs.some(job => isAtWork(job)) ? busyMs : restMs;
		} catch (error) {
			delayMs = await this.#takeFailure(engine, error);
		}

		this.#look = undefined;
		if (this.#isWanted) {
			this.refresh();
		} else if (!this.#isClosed) {
			// What runs notes every second how far it is.
			this.#pause(delayMs, delayMs === restMs ? stamp : undefined, {});
		}
	}

	async #readStamp(): Promise<string | undefined> {
		try {
			return await this.#options.readStamp?.();
		} catch {
			return undefined;
		}
	}

	/** Rest until the next look. @param stamp - Of what is known; `undefined` where nobody can tell. */
	#pause(delayMs: number, stamp: string | undefined, rest: object): void {
		const {clock} = this.#options;
		this.#rest = rest;
		if (stamp === undefined || delayMs <= newsMs) {
			this.#cancel = clock.after(delayMs, () => {
				this.refresh();
			});
			return;
		}

		this.#cancel = clock.after(newsMs, () => {
			void this.#peek(delayMs - newsMs, stamp, rest);
		});
	}

	async #peek(delayMs: number, stamp: string, rest: object): Promise<void> {
		const now = await this.#readStamp();
		if (this.#rest !== rest) {
			return;
		}

		if (now === stamp) {
			this.#pause(delayMs, stamp, rest);
		} else {
			this.refresh();
		}
	}

	/** @returns When to look again, in milliseconds. */
	async #takeFailure(engine: EngineClient | undefined, error: unknown): Promise<number> {
		const {store, clock, onFatal, onKeyRemoved} = this.#options;
		if (this.#isClosed || this.#engine !== engine) {
			// It was closed, and another one has taken its place.
			return 0;
		}

		const isKeyWrong = isCofferError(error, 'key-wrong');
		if (isKeyWrong && engine && this.#proven === engine) {
			onKeyRemoved?.();
			this.#replace(engine);
			return 0;
		}

		if (this.#known === undefined && isCofferError(error) && lasting.has(error.code)) {
			this.#isClosed = true;
			onFatal(error);
		} else {
			const {code, message} = toFailure(error);
			const failure = {code, message: isKeyWrong ? replacedMessage : message};
			store.dispatch({type: 'link-changed', link: {status: 'offline', failure, sinceMs: clock.now()}}, {isUrgent: true});
		}

		this.#engine = undefined;
		await engine?.close().catch(() => undefined);
		return retryMs[Math.min(this.#failures++, retryMs.length - 1)]!;
	}

	#replace(engine: EngineClient): void {
		this.#engine = this.#options.startEngine();
		void engine.close();
	}

	/** The list of snapshots is only fetched when it has become another one. */
	async #loadSnapshots(engine: EngineClient, {sources, lastVerification}: Overview): Promise<void> {
		const signature = JSON.stringify([lastVerification, ...sources.map(({host, name, snapshots, lastSuccess, lastVerified}) => [host, name, snapshots, lastSuccess, lastVerified])]);
		if (signature !== this.#known) {
			const snapshots = await engine.listSnapshots();
			this.#known = signature;
			this.#options.store.dispatch({type: 'snapshots-loaded', snapshots});
		}
	}
}
