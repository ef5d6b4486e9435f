import type {Engine} from '../engine.ts';
import type {OperationOptions} from '../engine-options.ts';
import {throwIfAborted} from '../errors.ts';
import type {SnapshotBrowser} from '../operations/browse/snapshot-browser.ts';
import type {Runtime} from '../runtime.ts';

const lookMs = 30_000;

/**
Keeps a browser open from one call to the next, as opening one reads the whole index. It is opened anew when the repository has changed, and dropped when nobody has used it for half a minute.
*/
export class BrowserKeeper {
	readonly #engine: Pick<Engine, 'browse'>;
	readonly #runtime: Pick<Runtime, 'every'>;
	readonly #closing = new AbortController();
	#browser: Promise<SnapshotBrowser> | undefined;
	#stopLooking: (() => void) | undefined;
	#users = 0;
	#isIdle = false;

	constructor(engine: Pick<Engine, 'browse'>, runtime: Pick<Runtime, 'every'>) {
		this.#engine = engine;
		this.#runtime = runtime;
	}

	/** @param action - Is given a view of the browser with these options. @throws What it throws, and what `Engine.browse` does */
	async use<Result>(options: OperationOptions, action: (browser: SnapshotBrowser) => Promise<Result>): Promise<Result> {
		this.#users++;
		this.#isIdle = false;
		try {
			const browser = await this.#current();
			throwIfAborted(options.signal);
			return await action(browser.with(options));
		} finally {
			this.#users--;
			this.#isIdle = false;
		}
	}

	/** Give up what is being opened, and keep nothing. */
	close(): void {
		this.#closing.abort();
		this.#drop();
	}

	async #current(): Promise<SnapshotBrowser> {
		const known = this.#browser;
		if (known && await (await known).isCurrent()) {
			return known;
		}

		// Another call may have been faster.
		return this.#browser !== undefined && this.#browser !== known ? this.#browser : this.#open();
	}

	async #open(): Promise<SnapshotBrowser> {
		const opening = this.#engine.browse({signal: this.#closing.signal});
		this.#browser = opening;
		this.#stopLooking ??= this.#runtime.every(lookMs, () => {
			if (this.#isIdle && this.#users === 0) {
				this.#drop();
			}

			this.#isIdle = true;
		});
		try {
			return await opening;
		} catch (error) {
			if (this.#browser === opening) {
				this.#drop();
			}

			throw error;
		}
	}

	#drop(): void {
		this.#stopLooking?.();
		this.#stopLooking = undefined;
		this.#browser = undefined;
	}
}
