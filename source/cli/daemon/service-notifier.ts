import {findProgram, type Runtime} from '../../engine/index.ts';

/** One that hangs is waited for so long, in milliseconds. */
const limitMs = 5000;

export type ServiceNotifierOptions = {
	readonly runtime: Pick<Runtime, 'spawn' | 'environment' | 'sleep'>;
	/** Told once when it does not work. */
	readonly warn: (message: string) => void;
};

/**
Tells the service manager how this process stands (sd_notify(3)), where it listens on $NOTIFY_SOCKET. Node has no datagram sockets of the file system, so systemd-notify(1) sends it, which comes with every systemd: the
unit needs `NotifyAccess=all`. Without a listener nothing is started. What is told is told in its order; nothing waits for it but `close`, and no failure of it stops anything.
*/
export class ServiceNotifier {
	readonly #options: ServiceNotifierOptions;
	readonly #program: string | undefined;
	#sending: Promise<void> = Promise.resolve();
	#status = '';
	#hasWarned = false;

	constructor(options: ServiceNotifierOptions) {
		this.#options = options;
		if (options.runtime.environment['NOTIFY_SOCKET']) {
			this.#program = findProgram(['systemd-notify'], options.runtime);
			if (this.#program === undefined) {
				this.#warn('there is no systemd-notify on this machine');
			}
		}
	}

	/** All of it is up. */
	ready(status: string): void {
		this.#send(['READY=1', this.#withStatus(status)]);
	}

	/** Begins to read its configuration again; `ready` ends that. */
	reloading(monotonicMs: number): void {
		this.#send(['RELOADING=1', `MONOTONIC_USEC=${Math.floor(monotonicMs * 1000)}`]);
	}

	/** Comes to an end. */
	stopping(status: string): void {
		this.#send(['STOPPING=1', this.#withStatus(status)]);
	}

	/** One line about what it does; the same one again is not sent. */
	status(text: string): void {
		if (text !== this.#status) {
			this.#send([this.#withStatus(text)]);
		}
	}

	/** Wait until all of it is told. */
	async close(): Promise<void> {
		await this.#sending;
	}

	#withStatus(text: string): string {
		this.#status = text;
		// Assignments are lines.
		return `STATUS=${text.replaceAll(/[\u0000-\u001F]/g, ' ')}`;
	}

	#send(assignments: readonly string[]): void {
		const program = this.#program;
		if (program !== undefined) {
			this.#sending = this.#sending.then(async () => this.#run(program, assignments));
		}
	}

	async #run(program: string, assignments: readonly string[]): Promise<void> {
		const {runtime} = this.#options;
		const ending = new AbortController();
		try {
			const child = runtime.spawn(program, assignments, {env: {NOTIFY_SOCKET: runtime.environment['NOTIFY_SOCKET']}, stdio: 'ignore', cwd: '/'});
			const ended = new Promise<string | undefined>(resolve => {
				child.on('error', error => {
					resolve(error.message);
				});
				child.on('exit', (code, signal) => {
					resolve(code === 0 ? undefined : `it ended with ${code ?? signal}`);
				});
			});
			void (async () => {
				await runtime.sleep(limitMs, ending.signal);
				child.kill('SIGKILL');
			})().catch(() => undefined);
			const failure = await ended;
			if (failure !== undefined) {
				this.#warn(failure);
			}
		} catch (error) {
			this.#warn(error instanceof Error ? error.message : String(error));
		} finally {
			ending.abort();
		}
	}

	#warn(reason: string): void {
		if (!this.#hasWarned) {
			this.#hasWarned = true;
			this.#options.warn(`the service manager could not be told how this daemon stands, by systemd-notify: ${reason}. The jobs are run all the same; a unit with Type=exec needs no such word.`);
		}
	}
}
