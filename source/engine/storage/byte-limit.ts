import type {Runtime} from '../runtime.ts';

/** Slower is no limit but a standstill, in bytes a second: what a run tells others of itself would not get through in time. */
export const minimumBytesPerSecond = 16_000;

/** How many bytes a second may be sent, by all threads together. Survives the structured clone: the memory stays shared. */
export type ByteLimit = {
	readonly bytesPerSecond: number;
	/** Two numbers of 64 bits: when the line will be free again, in microseconds of the clock that never runs backwards; whether the limit is lifted. */
	readonly memory: SharedArrayBuffer;
};

/** So much unused time may be made up for, in microseconds. */
const burstMicros = 250_000n;
/** Who waits looks so often whether the limit has been lifted, in milliseconds. */
const lookMs = 200;
const [freeAtIndex, liftedIndex] = [0, 1];
const smallestPieceBytes = 16 * 1024;
const largestPieceBytes = 1024 * 1024;

const latest = (one: bigint, other: bigint): bigint => one > other ? one : other;

/** A limit whose line is free. @throws RangeError below `minimumBytesPerSecond` */
export function createByteLimit(bytesPerSecond: number): ByteLimit {
	if (!Number.isSafeInteger(bytesPerSecond) || bytesPerSecond < minimumBytesPerSecond) {
		throw new RangeError(`Not a rate in bytes a second, of at least ${minimumBytesPerSecond}: ${bytesPerSecond}`);
	}

	return {bytesPerSecond, memory: new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)};
}

/** Hold to the limit until the signal fires: who stops an operation waits for no more than what is on its way, and that goes as fast as it can. */
export function holdToLimit({memory}: ByteLimit, signal: AbortSignal | undefined): void {
	const numbers = new BigInt64Array(memory);
	const lift = () => {
		Atomics.store(numbers, liftedIndex, 1n);
	};

	Atomics.store(numbers, liftedIndex, 0n);
	if (signal?.aborted) {
		lift();
	} else {
		signal?.addEventListener('abort', lift, {once: true});
	}
}

/**
One thread's way to a shared limit: a token bucket, kept as the one number that says when all that was taken so far will have had its time. Who takes moves that number on in one step
and waits for it, so that threads are served in the order in which they ask, none of them holds a lock while it waits, and a thread that has little to send leaves all the rest to the others.
*/
export class ByteBudget {
	readonly #bytesPerSecond: number;
	readonly #numbers: BigInt64Array;
	readonly #runtime: Pick<Runtime, 'monotonicMs' | 'sleep'>;

	constructor({bytesPerSecond, memory}: ByteLimit, runtime: Pick<Runtime, 'monotonicMs' | 'sleep'>) {
		this.#bytesPerSecond = bytesPerSecond;
		this.#numbers = new BigInt64Array(memory);
		this.#runtime = runtime;
	}

	/** So much is best taken at a time: an eighth of a second's, so that others have their turn soon. */
	get pieceBytes(): number {
		return Math.min(largestPieceBytes, Math.max(smallestPieceBytes, Math.floor(this.#bytesPerSecond / 8)));
	}

	/** Wait until so many bytes may be sent. @throws `aborted`; they count as sent all the same */
	async take(byteCount: number, signal?: AbortSignal): Promise<void> {
		const endMs = this.#reserve(byteCount);
		for (let waitMs = endMs - this.#runtime.monotonicMs(); waitMs > 0 && !this.#isLifted; waitMs = endMs - this.#runtime.monotonicMs()) {
			await this.#runtime.sleep(Math.ceil(Math.min(waitMs, lookMs)), signal);
		}
	}

	get #isLifted(): boolean {
		return Atomics.load(this.#numbers, liftedIndex) === 1n;
	}

	/** @returns When it will be their turn. */
	#reserve(byteCount: number): number {
		if (this.#isLifted) {
			return 0;
		}

		const costMicros = BigInt(Math.ceil(byteCount / this.#bytesPerSecond * 1e6));
		const earliest = BigInt(Math.floor(this.#runtime.monotonicMs() * 1000)) - burstMicros;
		let freeAt = Atomics.load(this.#numbers, freeAtIndex);
		for (;;) {
			const next = latest(freeAt, earliest) + costMicros;
			const found = Atomics.compareExchange(this.#numbers, freeAtIndex, freeAt, next);
			if (found === freeAt) {
				return Number(next) / 1000;
			}

			freeAt = found;
		}
	}
}
