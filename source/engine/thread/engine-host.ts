import {Buffer} from 'node:buffer';
import {Engine} from '../engine.ts';
import type {SlotFactors} from '../engine-options.ts';
import {throwIfAborted} from '../errors.ts';
import {fromPortableError, toOutcome, toPortableError, type PortableOutcome} from '../portable-error.ts';
import {wipeSecret, type Secret} from '../repository/repository.ts';
import type {Runtime} from '../runtime.ts';
import {BrowserKeeper} from './browser-keeper.ts';
import {perform, type CallContext} from './calls.ts';
import {throttleProgress} from './event-throttle.ts';
import type {Call, MessageFromThread, MessageToThread, ThreadStart} from './protocol.ts';

/** @throws `aborted` when the signal fires first */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
	throwIfAborted(signal);
	const {promise: stopped, resolve: stop} = Promise.withResolvers<void>();
	signal.addEventListener('abort', () => {
		stop();
	}, {once: true});
	await Promise.race([promise, stopped]);
	throwIfAborted(signal);
	return promise;
}

/** The engine's side of the talk between the threads: opens it, does what is called for, and ends all of it safely. */
export class EngineHost {
	readonly #start: ThreadStart;
	readonly #runtime: Runtime;
	readonly #post: (message: MessageFromThread) => void;
	readonly #secret = Promise.withResolvers<Secret>();
	readonly #closing = new AbortController();
	readonly #running = new Map<number, {readonly controller: AbortController; readonly ended: Promise<void>}>();
	readonly #opening: Promise<CallContext>;
	#readSlots: (() => Promise<SlotFactors[]>) | undefined;

	/** @param post - Sends to the thread that started this one. */
	constructor(start: ThreadStart, runtime: Runtime, post: (message: MessageFromThread) => void) {
		this.#start = start;
		this.#runtime = runtime;
		this.#post = post;
		// It may fail before anybody waits for it.
		this.#secret.promise.catch(() => undefined);
		this.#opening = this.#open();
		void this.#tellOpened();
	}

	receive(message: MessageToThread): void {
		switch (message.message) {
			case 'call': {
				const controller = new AbortController();
				this.#running.set(message.id, {controller, ended: this.#answer(message, controller.signal)});
				break;
			}

			case 'abort': {
				this.#running.get(message.id)?.controller.abort();
				break;
			}

			case 'read-slots': {
				void this.#tellSlots();
				break;
			}

			case 'secret': {
				this.#takeSecret(message.outcome);
				break;
			}

			case 'close': {
				void this.#close();
				break;
			}
		}
	}

	async #open(): Promise<CallContext> {
		const {sources, jobs = [], ...options} = this.#start;
		let secret: Secret | undefined;
		try {
			const engine = await Engine.open({
				...options,
				runtime: this.#runtime,
				onEvent: event => {
					this.#post({message: 'event', event});
				},
				secret: async slots => {
					this.#readSlots = slots;
					this.#post({message: 'secret-wanted'});
					secret = await unlessAborted(this.#secret.promise, this.#closing.signal);
					return secret;
				},
			});
			return {engine, sources, jobs, browsers: new BrowserKeeper(engine, this.#runtime)};
		} finally {
			wipeSecret(secret);
		}
	}

	async #tellOpened(): Promise<void> {
		this.#post({message: 'opened', outcome: await toOutcome(async () => {
			await this.#opening;
		})});
	}

	async #tellSlots(): Promise<void> {
		this.#post({message: 'slots', outcome: await toOutcome(async () => this.#readSlots?.() ?? [])});
	}

	#takeSecret(outcome: PortableOutcome<Secret>): void {
		if (outcome.isOk) {
			const {keyFile, ...rest} = outcome.value;
			// The clone is a plain array; the engine's own code expects a Buffer.
			this.#secret.resolve({...rest, ...(keyFile && {keyFile: {...keyFile, key: Buffer.from(keyFile.key.buffer, keyFile.key.byteOffset, keyFile.key.byteLength)}})});
		} else {
			this.#secret.reject(fromPortableError(outcome.error));
		}
	}

	async #answer(call: Call, signal: AbortSignal): Promise<void> {
		const {id} = call;
		const events = throttleProgress(this.#runtime, event => {
			this.#post({message: 'event', id, event});
		});
		const outcome = await toOutcome(async () => perform(await unlessAborted(this.#opening, signal), call, {signal, onEvent: events.onEvent}));
		events.end();
		this.#running.delete(id);
		try {
			this.#post({message: 'done', id, outcome});
		} catch (error) {
			// Something in the result cannot be cloned: nobody shall wait for it for ever.
			this.#post({message: 'done', id, outcome: {isOk: false, error: toPortableError(error)}});
		}
	}

	async #close(): Promise<void> {
		this.#closing.abort();
		const running = [...this.#running.values()];
		for (const {controller} of running) {
			controller.abort();
		}

		try {
			const {engine, browsers} = await this.#opening;
			browsers.close();
			await Promise.all(running.map(async ({ended}) => ended));
			await engine.close();
		} catch {
			// It was never open, or the storage does not part willingly; nothing is left to be done.
		}

		this.#post({message: 'closed'});
	}
}
