import type {EngineClient, EnginePlace} from '../engine/index.ts';
import {recordPrune, recordRotation} from '../logs/record-changes.ts';
import {systemClock, type Clock} from './clock.ts';
import type {Connection, DashboardOptions, SetUpChoice} from './dashboard-options.ts';
import type {DashboardStore} from './hooks/use-selector.ts';
import {JobRunner, toFailure, type JobEnding} from './job-runner.ts';
import type {KeyPress} from './key-press.ts';
import {isActive, type Failure} from './model/job.ts';
import {isGood, resultText} from './model/job-text.ts';
import type {Overlay} from './model/overlay.ts';
import {reduce, type Action} from './model/reducer.ts';
import {createState, type DashboardState, type Notice, type Size} from './model/state.ts';
import {Store} from './model/store.ts';
import {pressKey} from './press-key.ts';
import type {Screen} from './screens/screen.ts';
import {createSetUpScreen} from './screens/set-up/state.ts';
import {Watcher} from './watcher.ts';

/** What only the drawn screen can do. */
export type TerminalControl = {
	/** Give the terminal back for as long as `action` takes, and draw everything anew. */
	readonly suspend: (action: () => Promise<void> | void) => Promise<void>;
	/** Draw everything anew; nothing while somebody else has the terminal. */
	readonly redraw: () => void;
	/** @param error - Why, when it is for an error. */
	readonly exit: (error?: unknown) => void;
};

const keyRemovedMessage = 'The key was replaced elsewhere: going on with the one that is there now.';

/** A notice stays so long, in milliseconds. */
const noticeMs = 8000;
const tickMs = 1000;
/** For a screen reader, which would read every change: rarely. */
const readTickMs = 60_000;
const readIntervalMs = 5000;

/**
The dashboard without its picture: the state, what is done with it, and the work behind it. What a key does is decided in `pressKey`.
*/
export class Dashboard {
	readonly store: DashboardStore;
	readonly clock: Clock;
	readonly options: DashboardOptions;
	/** Whether a screen reader reads the screen aloud. */
	readonly isRead: boolean;
	/** Commands of the palette, the newest last. */
	readonly history: string[] = [];
	terminal: TerminalControl | undefined;
	#connection: Connection | undefined;
	#jobs: JobRunner | undefined;
	#watcher: Watcher | undefined;
	#lastScreenId = 0;
	#stopTicking: (() => void) | undefined;
	#isClosed = false;

	constructor(options: DashboardOptions, size: Size) {
		this.options = options;
		this.clock = options.clock ?? systemClock;
		this.isRead = options.environment['INK_SCREEN_READER'] === 'true';
		this.store = new Store(createState(size, this.clock.now()), {reduce, clock: this.clock, ...(this.isRead && {intervalMs: readIntervalMs})});
		if ('proposal' in options.start) {
			this.openScreen(createSetUpScreen(options.start.proposal));
		} else {
			this.#connection = options.start;
		}
	}

	get state(): DashboardState {
		return this.store.state;
	}

	/** The known repository; `undefined` before a first run is through. */
	get connection(): Connection | undefined {
		return this.#connection;
	}

	/** The open repository; `undefined` while it cannot be reached. */
	get engine(): EngineClient | undefined {
		return this.#watcher?.engine;
	}

	/** @throws TypeError before a repository is known */
	get jobs(): JobRunner {
		if (!this.#jobs) {
			throw new TypeError('No repository is known yet.');
		}

		return this.#jobs;
	}

	get hasActiveJobs(): boolean {
		return this.state.jobs.some(job => isActive(job));
	}

	/** Begin the work behind the screen. Called once the first frame is drawn. */
	start(): void {
		this.#tick();
		if (this.#connection) {
			this.#watch(this.#connection);
		}
	}

	/** Create what the set-up screen shows, and go on with it. @throws what stands in the way */
	async setUp(choice: SetUpChoice): Promise<void> {
		if ('create' in this.options.start) {
			const connection = await this.options.start.create(choice);
			if (!this.#isClosed) {
				this.#connection = connection;
				this.#watch(connection);
			}
		}
	}

	/** Something a person did: seen at once. */
	dispatch(action: Action): void {
		this.store.dispatch(action, {isUrgent: true});
	}

	press(press: KeyPress): void {
		this.dispatch({type: 'notice-cleared'});
		pressKey(this, press);
	}

	notify(text: string, tone: Notice['tone'] = 'plain'): void {
		this.dispatch({type: 'notice-shown', notice: {text, tone, untilMs: this.clock.now() + noticeMs}});
	}

	/** @returns The number of the screen. */
	openScreen(screen: Screen): number {
		const id = ++this.#lastScreenId;
		this.dispatch({type: 'screen-opened', screen: {...screen, id}});
		return id;
	}

	closeScreen(): void {
		this.dispatch({type: 'screen-closed'});
	}

	/** Change a screen of one kind; nothing where it is gone. */
	changeScreen<Kind extends Screen['kind']>(id: number, kind: Kind, change: (screen: Extract<Screen, {kind: Kind}>) => Extract<Screen, {kind: Kind}>): void {
		this.dispatch({type: 'screen-changed', id, change: screen => screen.kind === kind ? change(screen as Extract<Screen, {kind: Kind}>) : screen});
	}

	openOverlay(overlay: Overlay): void {
		this.dispatch({type: 'overlay-opened', overlay});
	}

	closeOverlay(): void {
		const {overlay} = this.state;
		if (overlay?.kind === 'secret') {
			overlay.input.wipe();
		}

		this.dispatch({type: 'overlay-closed'});
	}

	/** Fetch something in the background. @param onFailure - Told of every failure, also of `aborted`. @default failures but `aborted` are told in the status line */
	load<Value>(fetch: (engine: EngineClient) => Promise<Value>, onValue: (value: Value) => void, onFailure?: (failure: Failure) => void): void {
		const {engine} = this;
		if (!engine) {
			const message = 'The repository cannot be reached at the moment. R tries again.';
			if (onFailure) {
				onFailure({code: 'storage-failed', message});
			} else {
				this.notify(message, 'warning');
			}

			return;
		}

		void (async () => {
			try {
				onValue(await fetch(engine));
			} catch (error) {
				const failure = toFailure(error);
				if (onFailure) {
					onFailure(failure);
				} else if (failure.code !== 'aborted') {
					this.notify(failure.message, 'critical');
				}
			}
		})();
	}

	/** Look at the repository now. */
	refresh(): void {
		this.#watcher?.refresh();
	}

	/** Keys have changed: look at the repository anew, with what opens it now. */
	reopen(): void {
		if (!this.#isClosed) {
			this.#watcher?.reopen();
		}
	}

	/** Leave; where jobs run, ask first. */
	leave(): void {
		if (this.hasActiveJobs) {
			this.openOverlay({kind: 'leave'});
		} else {
			this.terminal?.exit();
		}
	}

	/** Stop jobs safely, and close the repository. */
	async close(): Promise<void> {
		this.#isClosed = true;
		this.#stopTicking?.();
		this.closeOverlay();
		// What goes on for a screen ends with it.
		while (this.state.screens.length > 0) {
			this.closeScreen();
		}

		await this.#jobs?.close();
		await this.#watcher?.close();
		this.store.close();
	}

	#watch(connection: Connection): void {
		const {store, clock} = this;
		const startEngine = (place: EnginePlace) => connection.startEngine(place, event => {
			if (event.event === 'warning') {
				this.options.log.write('warn', event.message, {kind: event.kind});
				this.notify(event.message, 'warning');
			}
		});
		this.#watcher = new Watcher({store, clock, startEngine: () => startEngine('thread'), readStamp: connection.readStamp, onFatal: error => {
			this.terminal?.exit(error);
		}, onKeyRemoved: () => {
			connection.forgetSecret?.();
			this.options.log.write('warn', keyRemovedMessage);
			this.notify(keyRemovedMessage, 'warning');
		}});
		this.#jobs = new JobRunner({store, clock, startEngine: () => startEngine('process'), log: this.options.log.write, onEnded: ending => {
			this.#tellEnding(ending);
			this.refresh();
		}});
		this.refresh();
	}

	#tellEnding({title, result, failure}: JobEnding): void {
		if (result?.kind === 'rotate') {
			recordRotation(this.options.log, result.summary);
		} else if (result?.kind === 'prune') {
			recordPrune(this.options.log, result.summary);
		}

		if (result) {
			this.notify(`${title}: ${resultText(result)}`, isGood(result) ? 'ok' : 'warning');
		} else {
			const isStopped = failure?.code === 'aborted';
			this.notify(isStopped ? `${title} was stopped.` : `${title} failed: ${failure?.message}`, isStopped ? 'plain' : 'critical');
		}
	}

	#tick(): void {
		const nowMs = this.clock.now();
		this.store.dispatch({type: 'ticked', nowMs});
		const stepMs = this.isRead ? readTickMs : tickMs;
		// On the full second, so that the clock on the screen goes evenly.
		this.#stopTicking = this.clock.after(stepMs - nowMs % stepMs, () => {
			this.#tick();
		});
	}
}
