import {CofferError, type Secret, type SlotFactors} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import type {LoadedConfig} from './config.ts';
import {ask} from './prompt.ts';
import {configuredPassphrase, findSecret, hasKeyFile} from './secrets.ts';

/**
Finds the secret again for each engine that a dashboard starts: key files and commands anew each time, a passphrase that a person typed from memory.
*/
export class SecretKeeper {
	readonly #context: CommandContext;
	readonly #config: LoadedConfig | undefined;
	#typed: string | undefined;
	/** Gives a person the terminal for as long as a question stands there. */
	whileSuspended: (action: () => Promise<void>) => Promise<void> = async action => action();

	constructor(context: CommandContext, config: LoadedConfig | undefined) {
		this.#context = context;
		this.#config = config;
	}

	/**
	Ask for the passphrase now, if nothing else can open the repository: before there is a screen.
	@param assertRepository - Called before the question: nobody shall type a passphrase for a repository that is not there.
	@throws `aborted`; what `assertRepository` throws; what reading a configured passphrase throws
	*/
	async prepare(assertRepository: () => Promise<void>): Promise<void> {
		const isAsked = this.#context.isInteractive && !await hasKeyFile(this.#context, this.#config) && await configuredPassphrase(this.#context, this.#config) === undefined;
		if (isAsked) {
			await assertRepository();
			this.#typed = await this.#ask();
		}
	}

	/** @throws what `findSecret` throws */
	async find(slots: () => Promise<SlotFactors[]>): Promise<Secret> {
		const typed = this.#typed;
		const secret = await findSecret(this.#context, this.#config, slots, async () => {
			if (typed !== undefined) {
				return typed;
			}

			await this.whileSuspended(async () => {
				this.#typed = await this.#ask();
			});
			if (this.#typed === undefined) {
				throw new CofferError('aborted', 'No passphrase was given.');
			}

			return this.#typed;
		});
		return secret;
	}

	async #ask(): Promise<string> {
		return ask('Passphrase: ', this.#context, {hasEcho: false});
	}
}
