import {watch, type FSWatcher} from 'node:fs';
import type {Runtime} from '../engine/index.ts';

/** What happens in so many milliseconds is looked at together. */
const togetherMs = 50;
/** Where the system tells of changes they are looked for all the same, as in a network's file system it may not know of them. */
const watchedMs = 5000;
const unwatchedMs = 1000;

/** Waits for changes in a folder: as the system tells of them, or by looking from time to time where it does not. */
export class FolderWatch {
	readonly #folder: string;
	readonly #runtime: Pick<Runtime, 'sleep'>;
	#watcher: FSWatcher | undefined;
	#hasChanged = false;
	#wake: () => void = () => undefined;

	constructor(folder: string, runtime: Pick<Runtime, 'sleep'>) {
		this.#folder = folder;
		this.#runtime = runtime;
		this.#watch();
	}

	/** Until something has changed since the last time, or may have; until the signal fires at the latest. */
	async wait(signal: AbortSignal): Promise<void> {
		const ending = new AbortController();
		if (!this.#hasChanged) {
			this.#watch();
			const changed = new Promise<void>(resolve => {
				this.#wake = resolve;
			});
			await Promise.race([changed, this.#sleep(this.#watcher ? watchedMs : unwatchedMs, AbortSignal.any([signal, ending.signal]))]);
			ending.abort();
		}

		await this.#sleep(togetherMs, signal);
		this.#hasChanged = false;
	}

	close(): void {
		this.#watcher?.close();
		this.#watcher = undefined;
	}

	async #sleep(durationMs: number, signal: AbortSignal): Promise<void> {
		await this.#runtime.sleep(durationMs, signal).catch(() => undefined);
	}

	#watch(): void {
		if (this.#watcher) {
			return;
		}

		try {
			const watcher = watch(this.#folder, () => {
				this.#hasChanged = true;
				this.#wake();
			});
			watcher.on('error', () => {
				this.close();
			});
			this.#watcher = watcher;
		} catch {
			// There is no such folder yet, or the system watches no more: it is looked at from time to time.
		}
	}
}
