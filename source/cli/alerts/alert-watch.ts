import {errorText, type Overview, type RepositoryId, type Runtime} from '../../engine/index.ts';
import type {LogWriter} from '../log.ts';

/** What waits is looked for so often, in milliseconds. */
const intervalMs = 60_000;

export type AlertWatchOptions = {
	readonly runtime: Pick<Runtime, 'every'>;
	readonly log: LogWriter;
	/** Tells what there is to tell. */
	readonly announce: (options: {readonly repository: RepositoryId | undefined; readonly signal: AbortSignal}) => Promise<void>;
};

/** Tells of alerts as long as a process lasts: as soon as it sees that they have changed, and every minute what waits. One telling at a time. */
export class AlertWatch {
	readonly #options: AlertWatchOptions;
	readonly #leaving = new AbortController();
	readonly #stopTicking: () => void;
	#repository: RepositoryId | undefined;
	#seen: string | undefined;
	#warned: string | undefined;
	#isWanted = false;
	#isTelling = false;

	constructor(options: AlertWatchOptions) {
		this.#options = options;
		this.#stopTicking = options.runtime.every(intervalMs, () => {
			void this.#tell();
		});
	}

	/** Somebody has looked at the repository. */
	see({repositoryId, alerts}: Pick<Overview, 'repositoryId' | 'alerts'>): void {
		const seen = JSON.stringify([repositoryId, alerts.map(({key, severity, acknowledged}) => [key, severity, acknowledged?.time])]);
		this.#repository = repositoryId;
		if (seen !== this.#seen) {
			this.#seen = seen;
			void this.#tell();
		}
	}

	/** Nothing is told any more; what was not sent waits for others. */
	leave(): void {
		this.#stopTicking();
		this.#leaving.abort();
	}

	async #tell(): Promise<void> {
		this.#isWanted = true;
		if (this.#isTelling) {
			return;
		}

		this.#isTelling = true;
		while (this.#isWanted && !this.#leaving.signal.aborted) {
			this.#isWanted = false;
			try {
				await this.#options.announce({repository: this.#repository, signal: this.#leaving.signal});
			} catch (error) {
				this.#warn(`alerts could not be told: ${errorText(error)}`);
			}
		}

		this.#isTelling = false;
	}

	/** Not the same every minute. */
	#warn(message: string): void {
		if (message !== this.#warned) {
			this.#warned = message;
			this.#options.log.write('warn', message);
		}
	}
}
