import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {CofferError, findProgram, isCofferError, RunningProgram, type ProgramContext} from '../../engine/index.ts';

const notInstalled = 'There is no program "crontab" on this machine. Install cron (on Debian: apt install cron), or use "coffer schedule install --systemd".';

type RunOptions = {
	readonly environment?: Readonly<Record<string, string>>;
	/** One character a byte. @default none */
	readonly input?: string;
	/** Whether the program may not know the option, which is no failure. @default false */
	readonly canBeUnknown?: boolean;
};

/** The crontab of this user, by way of crontab(1): nobody else knows where it lies, and tells cron of changes. Texts have one character a byte. */
export class CrontabProgram {
	readonly #program: string;
	readonly #context: ProgramContext;

	private constructor(program: string, context: ProgramContext) {
		this.#program = program;
		this.#context = context;
	}

	/** @returns `undefined` where the machine has no cron. */
	static find(context: ProgramContext): CrontabProgram | undefined {
		const program = findProgram(['crontab'], context.runtime);
		return program === undefined ? undefined : new this(program, context);
	}

	/** @throws `state-failed` where the machine has no cron */
	static require(context: ProgramContext): CrontabProgram {
		const found = this.find(context);
		if (found === undefined) {
			throw new CofferError('state-failed', notInstalled);
		}

		return found;
	}

	/** @returns `''` where this user has none. @throws `state-failed`; `aborted` */
	async read(): Promise<string> {
		let listed: string;
		try {
			listed = await this.#run(['-l']);
		} catch (error) {
			if (isCofferError(error, 'state-failed') && /no crontab for|can't open '[^']*': No such file/.test(error.message)) {
				return '';
			}

			throw error;
		}

		// That of Debian lists a carriage return and a backspace as these two characters; what it gives an editor is the very text.
		return /\\[br]/.test(listed) ? this.#run(['-e'], {environment: {VISUAL: '/bin/cat', EDITOR: '/bin/cat'}}) : listed;
	}

	/**
	Replace it, once the program has found nothing wrong with it, and see that it was; an empty one goes.
	@throws `state-failed`, with the earlier one in place unless the message says otherwise; `aborted`
	*/
	async write(crontab: string): Promise<void> {
		if (crontab === '') {
			await this.#run(['-r']);
		} else {
			await this.#check(crontab);
			await this.#run(['-'], {input: crontab});
		}

		if (await this.read() !== crontab) {
			throw new CofferError('state-failed', 'The crontab does not read as it was written. Look at it with "crontab -l"; somebody else may have changed it at the same time. Then install again.');
		}
	}

	/** Have it looked at by `crontab -T`, where that is known; others look at what they are given anyway. */
	async #check(crontab: string): Promise<void> {
		const folder = await mkdtemp(path.join(tmpdir(), 'coffer-crontab-'));
		try {
			const file = path.join(folder, 'crontab');
			await writeFile(file, crontab, {encoding: 'latin1', mode: 0o600});
			await this.#run(['-T', file], {canBeUnknown: true});
		} finally {
			await rm(folder, {recursive: true, force: true});
		}
	}

	async #run(argv: readonly string[], {environment, input = '', canBeUnknown = false}: RunOptions = {}): Promise<string> {
		const what = `"crontab ${argv.map(word => word.startsWith('/') ? 'FILE' : word).join(' ')}"`;
		const program = RunningProgram.start({program: this.#program, arguments: argv, what, failureCode: 'state-failed', ...(environment && {environment})}, this.#context, {hasInput: true});
		try {
			program.input.on('error', () => undefined).end(input, 'latin1');
			const pieces: Buffer[] = await Array.fromAsync(program.output);

			await program.succeed();
			return Buffer.concat(pieces).toString('latin1');
		} catch (error) {
			// Its message has only the end of what the program said.
			if (canBeUnknown && isCofferError(error, 'state-failed') && /invalid option|unrecognized option|^usage:/im.test(program.errors)) {
				return '';
			}

			throw error;
		} finally {
			await program.stop();
		}
	}
}
