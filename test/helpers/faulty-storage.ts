import {CofferError} from '../../source/engine/errors.ts';
import type {PendingObject, Storage} from '../../source/engine/storage/storage.ts';

const mutatingCalls = ['write', 'create', 'append', 'commit', 'remove'] as const;

export type StorageCall = typeof mutatingCalls[number] | 'read' | 'size' | 'list' | 'usage' | 'sweep' | 'discard' | 'close';

/**
When the call fails: `before` it has any effect; `midway`, after half of it (`write` and `append`: half of the bytes are in a temporary object;
`commit`, `create`: a temporary object stays; all others: as `before`); `after` all of its effect.
*/
export type FaultMoment = 'before' | 'midway' | 'after';

export type FaultEffect =
	/** This call fails, the next ones do not. */
	| {readonly kind: 'throw'; readonly when: FaultMoment; /** @default a `storage-failed` that is not retryable */ readonly error?: Error}
	/** The process is dead: this call and all later ones throw `SimulatedCrash` and have no effect. `discard` and `close` do nothing instead of throwing. */
	| {readonly kind: 'crash'; readonly when: FaultMoment}
	/** A `read` returns its bytes with one bit flipped; `bitIndex` counts from the first byte's lowest bit and wraps around. */
	| {readonly kind: 'flip-bit'; readonly bitIndex: number}
	/** A `read` returns at most its first `lengthBytes` bytes, against the contract. */
	| {readonly kind: 'truncate'; readonly lengthBytes: number};

export type Fault = {
	/** The how-manieth of the calls that count, from 1. */
	readonly at: number;
	/** The calls that count. @default reads for `flip-bit` and `truncate`, else `'mutating'` */
	readonly among?: 'all' | 'mutating' | readonly StorageCall[];
	/** Only calls on names that match count (without the flags `g` and `y`); `append` and `create` have the empty name, `list` that of its folder. @default every call */
	readonly name?: RegExp;
	/** Whether all later calls that count are hit, too. @default false */
	readonly isLasting?: boolean;
	readonly effect: FaultEffect;
};

export type FaultyStorage = Storage & {
	/** All calls so far, in order of their beginning, those after a crash included. */
	readonly calls: ReadonlyArray<{readonly call: StorageCall; readonly name: string}>;
	/** How many calls so far could change something: write, create, append, commit, remove. Run once without a plan to know how many faults there are to try. */
	readonly mutatingCallCount: number;
	readonly hasCrashed: boolean;
};

/** Thrown by every call of a storage that has crashed. Not a `CofferError`, so that nobody treats it as a fault that can be handled. */
export class SimulatedCrash extends Error {
	override readonly name = 'SimulatedCrash';

	constructor() {
		super('The process has crashed here, as the test planned');
	}
}

function isMutating(call: StorageCall): boolean {
	return (mutatingCalls as readonly StorageCall[]).includes(call);
}

function isDamage(effect: FaultEffect): effect is Extract<FaultEffect, {kind: 'flip-bit' | 'truncate'}> {
	return effect.kind === 'flip-bit' || effect.kind === 'truncate';
}

function hasToCount(fault: Fault, call: StorageCall, name: string): boolean {
	const among = fault.among ?? (isDamage(fault.effect) ? ['read'] : 'mutating');
	const isAmong = among === 'all' || (among === 'mutating' ? isMutating(call) : among.includes(call));
	return isAmong && (fault.name === undefined || fault.name.test(name));
}

function damage(data: Buffer, effect: FaultEffect): Buffer {
	if (effect.kind === 'truncate') {
		return data.subarray(0, effect.lengthBytes);
	}

	if (effect.kind === 'flip-bit' && data.length > 0) {
		const bit = effect.bitIndex % (data.length * 8);
		data[Math.floor(bit / 8)]! ^= 1 << (bit % 8);
	}

	return data;
}

/** The first half of the bytes of all parts together. */
function firstHalf(parts: readonly Uint8Array[]): Uint8Array[] {
	const data = Buffer.concat(parts);
	return [data.subarray(0, Math.floor(data.length / 2))];
}

/** Decides which calls go wrong and how; knows nothing of what the calls do. */
class FaultScript {
	readonly calls: Array<{call: StorageCall; name: string}> = [];
	mutatingCallCount = 0;
	hasCrashed = false;
	readonly #countdowns: Array<{readonly fault: Fault; count: number}>;

	constructor(plan: readonly Fault[]) {
		for (const {at, among, effect, name} of plan) {
			if (!Number.isSafeInteger(at) || at < 1) {
				throw new RangeError(`Calls are counted from 1: ${at}`);
			}

			if (isDamage(effect) && among !== undefined && String(among) !== 'read') {
				throw new TypeError('Only reads can be damaged');
			}

			if (name?.global || name?.sticky) {
				throw new TypeError('A name pattern with the flag g or y would remember where it stopped');
			}
		}

		this.#countdowns = plan.map(fault => ({fault, count: 0}));
	}

	/** Count the call; the effect of the first fault in the plan that hits it. */
	begin(call: StorageCall, name: string): FaultEffect | undefined {
		this.calls.push({call, name});
		this.mutatingCallCount += Number(isMutating(call));
		let effect: FaultEffect | undefined;
		for (const countdown of this.#countdowns) {
			const {fault} = countdown;
			if (!hasToCount(fault, call, name)) {
				continue;
			}

			countdown.count++;
			if (countdown.count === fault.at || (fault.isLasting && countdown.count > fault.at)) {
				effect ??= fault.effect;
			}
		}

		return effect;
	}

	/**
	Make a call go as planned.
	@param full - The call itself.
	@param half - Its effect when it is torn.
	*/
	async run<Result>(call: StorageCall, name: string, full: () => Promise<Result>, half: () => Promise<unknown> = async () => undefined): Promise<Result> {
		if (this.hasCrashed) {
			this.calls.push({call, name});
			throw new SimulatedCrash();
		}

		const effect = this.begin(call, name);
		if (effect === undefined || isDamage(effect)) {
			const result = await full();
			return effect !== undefined && Buffer.isBuffer(result) ? damage(result, effect) as Result & Buffer : result;
		}

		const isCrash = effect.kind === 'crash';
		this.hasCrashed = isCrash;
		if (effect.when === 'midway') {
			await half();
		} else if (effect.when === 'after') {
			await full();
		}

		throw isCrash ? new SimulatedCrash() : effect.error ?? new CofferError('storage-failed', `Planned fault ${effect.when} ${call} ${name}`);
	}

	/** For calls that never fail: nothing happens after a crash, or where a fault is planned. */
	async runQuietly(call: 'discard' | 'close', full: () => Promise<void>): Promise<void> {
		try {
			await this.run(call, '', full);
		} catch (error) {
			if (!this.hasCrashed && call !== 'discard') {
				throw error;
			}
		}
	}
}

function wrapPending(inner: PendingObject, script: FaultScript): PendingObject {
	return {
		append: async parts => script.run('append', '', async () => inner.append(parts), async () => inner.append(firstHalf(parts))),
		commit: async name => script.run('commit', name, async () => inner.commit(name)),
		discard: async () => script.runQuietly('discard', async () => inner.discard()),
	};
}

/**
A storage that counts its calls and lets chosen ones go wrong. A call that has begun before a crash may still take effect, as in a real process.
No other thread can open it, so that no call escapes it.
@throws RangeError when a fault's `at` is not a whole number from 1; TypeError when it would damage another call than a read, or for a name pattern with the flag `g` or `y`.
*/
export function createFaultyStorage(inner: Storage, plan: readonly Fault[] = []): FaultyStorage {
	const script = new FaultScript(plan);
	return {
		url: inner.url,
		isShareable: false,
		isLocal: true,
		get calls() {
			return script.calls;
		},
		get mutatingCallCount() {
			return script.mutatingCallCount;
		},
		get hasCrashed() {
			return script.hasCrashed;
		},
		read: async (name, options) => script.run('read', name, async () => inner.read(name, options)),
		size: async name => script.run('size', name, async () => inner.size(name)),
		list: async (folder, signal) => script.run('list', folder, async () => inner.list(folder, signal)),
		write: async (name, data) => script.run('write', name, async () => inner.write(name, data), async () => {
			const torn = await inner.create();
			await torn.append(firstHalf([data]));
		}),
		create: async () => script.run('create', '', async () => wrapPending(await inner.create(), script), async () => inner.create()),
		remove: async (name, options) => script.run('remove', name, async () => inner.remove(name, options)),
		usage: async () => script.run('usage', '', async () => inner.usage()),
		sweep: async olderThanMs => script.run('sweep', '', async () => inner.sweep(olderThanMs)),
		close: async () => script.runQuietly('close', async () => inner.close()),
	};
}
