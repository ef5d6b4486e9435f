import {errorText, type EngineThread, type Finding} from '../../engine/index.ts';

/** This host is looked at so often, in milliseconds. */
const intervalMs = 60_000;
/** What has not changed is noted again so much later, so that it does not pass for something that nobody looks at. */
const renewalMs = 30 * 60 * 1000;

export type HostWatchOptions = {
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** What is wrong with this host beside its repository. @param newestSnapshot - When it was made, where that is known: RFC 3339. */
	readonly look: (newestSnapshot: string | undefined) => Promise<readonly Finding[]>;
	/** Told what keeps it from being looked at, once until something else does. */
	readonly warn: (message: string) => void;
};

/** Looks at this host as long as a dashboard is open, as `coffer monitor` does. */
export class HostWatch {
	readonly #options: HostWatchOptions;
	#lookedMs: number | undefined;
	#noted: {readonly text: string; readonly ms: number} | undefined;
	#problem: string | undefined;

	constructor(options: HostWatchOptions) {
		this.#options = options;
	}

	/** The same engine; before an overview, the first one excepted, it notes what is wrong with this host. */
	watch(engine: EngineThread): EngineThread {
		let newestSnapshot: string | undefined;
		let isFirst = true;
		return {
			...engine,
			overview: async options => {
				if (!isFirst) {
					await this.#look(engine, newestSnapshot);
				}

				isFirst = false;
				const overview = await engine.overview(options);
				newestSnapshot = overview.sources.map(({lastSuccess}) => lastSuccess ?? '').toSorted().at(-1) || undefined;
				return overview;
			},
		};
	}

	async #look(engine: EngineThread, newestSnapshot: string | undefined): Promise<void> {
		const {now, look, warn} = this.#options;
		const nowMs = now();
		if (this.#lookedMs !== undefined && Math.abs(nowMs - this.#lookedMs) < intervalMs) {
			return;
		}

		this.#lookedMs = nowMs;
		try {
			const findings = await look(newestSnapshot);
			const text = JSON.stringify(findings);
			if (text !== this.#noted?.text || Math.abs(nowMs - this.#noted.ms) >= renewalMs) {
				await engine.noteFindings('monitor', findings);
				this.#noted = {text, ms: nowMs};
			}

			this.#problem = undefined;
		} catch (error) {
			const message = `this host could not be looked at: ${errorText(error)}`;
			if (message !== this.#problem) {
				this.#problem = message;
				warn(message);
			}
		}
	}
}
