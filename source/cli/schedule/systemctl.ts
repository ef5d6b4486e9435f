import {stat} from 'node:fs/promises';
import process from 'node:process';
import {CofferError, findProgram, isCofferError, runProgram, type ProgramContext} from '../../engine/index.ts';

/** The manager that units belong to, by way of systemctl(1): of the system, or of this user. */
export class Systemctl {
	readonly #program: string;
	readonly #context: ProgramContext;
	readonly isSystem: boolean;

	private constructor(program: string, context: ProgramContext, isSystem: boolean) {
		this.#program = program;
		this.#context = context;
		this.isSystem = isSystem;
	}

	/**
	@param runningSystemd - It is there while systemd runs the machine.
	@returns `undefined` where systemd does not run here, or has no manager for this user now.
	@throws `aborted`
	*/
	static async find(context: ProgramContext, runningSystemd: string, isSystem: boolean): Promise<Systemctl | undefined> {
		const program = findProgram(['systemctl'], context.runtime);
		const isRunning = (await stat(runningSystemd).catch(() => undefined))?.isDirectory() ?? false;
		if (program === undefined || !isRunning) {
			return undefined;
		}

		const systemctl = new this(program, context, isSystem);
		return await systemctl.#answers() ? systemctl : undefined;
	}

	/** Have changed units read. @throws `state-failed`; `aborted` */
	async reload(): Promise<void> {
		await this.#run(['daemon-reload']);
	}

	/** Switch units on, now and at every boot. @throws `state-failed`; `aborted` */
	async enable(units: readonly string[]): Promise<void> {
		await this.#run(['enable', '--now', '--', ...units]);
	}

	/** Stop units, and switch them off. @throws `state-failed`; `aborted` */
	async disable(units: readonly string[]): Promise<void> {
		await this.#run(['disable', '--now', '--', ...units]);
	}

	/** Those of the units that are not both switched on and active. @throws `aborted` */
	async findInactive(units: readonly string[]): Promise<string[]> {
		if (units.length === 0) {
			return [];
		}

		const [enabled, active] = [await this.#states('is-enabled', units), await this.#states('is-active', units)];
		return units.filter((_, index) => enabled[index] !== 'enabled' || !['active', 'activating', 'reloading'].includes(active[index] ?? ''));
	}

	async #answers(): Promise<boolean> {
		try {
			await this.#run(['show', '--property=Version']);
			return true;
		} catch (error) {
			if (isCofferError(error, 'aborted')) {
				throw error;
			}

			return false;
		}
	}

	/** Where a unit is off the exit code is another one. */
	async #states(question: 'is-enabled' | 'is-active', units: readonly string[]): Promise<string[]> {
		const states: string[] = [];
		for (const unit of units) {
			try {
				states.push((await this.#run([question, '--', unit])).trim());
			} catch (error) {
				if (isCofferError(error, 'aborted')) {
					throw error;
				}

				states.push('');
			}
		}

		return states;
	}

	async #run(argv: readonly string[]): Promise<string> {
		const {environment} = this.#context.runtime;
		const runtimeFolder = environment['XDG_RUNTIME_DIR'] ?? `/run/user/${process.geteuid?.() ?? 0}`;
		const bus = environment['DBUS_SESSION_BUS_ADDRESS'];
		const all = [...(this.isSystem ? [] : ['--user']), ...argv];
		const {output} = await runProgram({
			program: this.#program,
			arguments: all,
			what: `"systemctl ${all.filter(word => word !== '--').join(' ')}"`,
			failureCode: 'state-failed',
			...(!this.isSystem && {environment: {XDG_RUNTIME_DIR: runtimeFolder, ...(bus !== undefined && {DBUS_SESSION_BUS_ADDRESS: bus})}}),
		}, this.#context);
		return output.toString();
	}
}

/** @throws `state-failed` where systemd cannot be asked */
export function requireSystemctl(systemctl: Systemctl | undefined, isSystem: boolean): Systemctl {
	if (systemctl === undefined) {
		throw new CofferError('state-failed', isSystem
			? 'systemd does not run this machine. Use "coffer schedule install --cron", or let "coffer daemon" run in the foreground of whatever does.'
			: 'systemd cannot be reached for this user: it needs a session of its own (log in directly, not by su or sudo), or "loginctl enable-linger". Or use "coffer schedule install --cron".');
	}

	return systemctl;
}
