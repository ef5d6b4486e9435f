import {CofferError, type Secret, type SlotFactors} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import type {LoadedConfig} from './config.ts';
import {askSecret} from './prompt.ts';
import {findSecret, hasKeyFile, hasPassphrase} from './secrets.ts';

/**
Finds the secret again for each engine that a dashboard starts: key files and commands anew each time, a passphrase that a person typed from memory.
*/
export class SecretKeeper {
	readonly #context: CommandContext;
	readonly #config: LoadedConfig | undefined;
	readonly #ending = new AbortController();
	#typed: Buffer | undefined;
	/** Gives a person the terminal for as long as a question stands there. */
	whileSuspended: (action: () => Promise<void>) => Promise<void> = async action => action();

	constructor(context: CommandContext, config: LoadedConfig | undefined) {
		this.#context = context;
		this.#config = config;
	}

	/**
	Ask for the passphrase now, if nothing else can open the repository: before there is a screen.
	@param assertRepository - Called before the question: nobody shall type a passphrase for a repository that is not there.
	@throws `aborted`; what `assertRepository` throws
	*/
	async prepare(assertRepository: () => Promise<void>): Promise<void> {
		const isAsked = this.#context.isInteractive && !hasPassphrase(this.#context, this.#config) && !await hasKeyFile(this.#context, this.#config);
		if (isAsked) {
			await assertRepository();
			this.#typed = await this.#ask();
		}
	}

	/** The caller wipes what it gets. @throws what `findSecret` throws */
	async find(slots: () => Promise<SlotFactors[]>): Promise<Secret> {
		const typed = this.#typed;
		const secret = await findSecret({...this.#context, signal: this.#ending.signal}, this.#config, slots, async () => {
			if (typed !== undefined) {
				return Buffer.from(typed);
			}

			await this.whileSuspended(async () => {
				this.#typed = await this.#ask();
			});
			if (this.#typed === undefined) {
				throw new CofferError('aborted', 'No passphrase was given.');
			}

			return Buffer.from(this.#typed);
		});
		return secret;
	}

	/** A copy of what a person typed, which the caller wipes; `undefined` where nobody has, or nobody needs it any more. */
	copyTyped(): Buffer | undefined {
		return this.#typed && !this.#ending.signal.aborted ? Buffer.from(this.#typed) : undefined;
	}

	/** What a person typed opens the repository no more: ask for it again, when it is wanted. */
	forget(): void {
		this.#typed?.fill(0);
		this.#typed = undefined;
	}

	/** Nobody needs a secret any more: programs that were asked for one are ended. */
	stop(): void {
		this.#ending.abort();
		this.#typed?.fill(0);
	}

	async #ask(): Promise<Buffer> {
		return askSecret('Passphrase: ', this.#context);
	}
}
