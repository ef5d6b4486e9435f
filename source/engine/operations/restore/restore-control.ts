import {throwIfAborted} from '../../errors.ts';

/** What the threads of a restore share: how far they are, and whether they shall stop. */
export class RestoreControl {
	readonly memory: SharedArrayBuffer;
	readonly #counts: BigInt64Array;

	constructor(memory = new SharedArrayBuffer(24)) {
		this.memory = memory;
		this.#counts = new BigInt64Array(memory);
	}

	get files(): number {
		return Number(Atomics.load(this.#counts, 1));
	}

	get bytes(): number {
		return Number(Atomics.load(this.#counts, 2));
	}

	/** Have every job stop at its next chunk. */
	stop(): void {
		Atomics.store(this.#counts, 0, 1n);
	}

	/** @throws `aborted` */
	throwIfStopped(): void {
		if (Atomics.load(this.#counts, 0) !== 0n) {
			throwIfAborted(AbortSignal.abort());
		}
	}

	countFile(): void {
		Atomics.add(this.#counts, 1, 1n);
	}

	countBytes(byteCount: number): void {
		Atomics.add(this.#counts, 2, BigInt(byteCount));
	}
}
