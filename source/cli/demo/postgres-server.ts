import {chmod, chown, mkdir, rm, writeFile} from 'node:fs/promises';
import {existsSync, readdirSync} from 'node:fs';
import {createServer} from 'node:net';
import {once} from 'node:events';
import path from 'node:path';
import process from 'node:process';
import {CofferError, findProgram, RunningProgram, runProgram, type ProgramContext, type Runtime} from '../../engine/index.ts';

const installations = '/usr/lib/postgresql';
const serverUser = 'postgres';
const readyWithinMs = 30_000;

/** What a server is started with. */
export type ServerPrograms = {
	readonly folder: string;
	readonly version: string;
	/** What gives up root, as PostgreSQL refuses to be root, and has it end with this process. */
	readonly asUser: readonly string[];
	/** Of its data; missing where that is whoever runs this. */
	readonly owner?: {readonly uid: number; readonly gid: number};
};

/** What is needed to start a server, or in a sentence why none can be. */
export async function findServer(context: ProgramContext): Promise<ServerPrograms | {readonly lack: string}> {
	const versions = existsSync(installations) ? readdirSync(installations).filter(name => /^\d+$/.test(name) && existsSync(path.join(installations, name, 'bin', 'postgres'))) : [];
	const [version] = versions.toSorted((a, b) => Number(b) - Number(a));
	if (version === undefined) {
		return {lack: 'no PostgreSQL server is installed'};
	}

	const folder = path.join(installations, version, 'bin');
	const setpriv = findProgram(['setpriv'], context.runtime);
	const id = findProgram(['id'], context.runtime);
	if (setpriv === undefined || id === undefined) {
		return {lack: 'setpriv and id are missing (Debian: util-linux, coreutils)'};
	}

	// The server ends with this process, however that ends.
	const untilDeath = ['--pdeathsig', 'QUIT'];
	if (process.geteuid?.() !== 0) {
		return {folder, version, asUser: [setpriv, ...untilDeath]};
	}

	try {
		const read = async (flag: string) => Number((await runProgram({program: id, arguments: [flag, serverUser], what: 'id'}, context)).output.toString());
		const owner = {uid: await read('-u'), gid: await read('-g')};
		return {folder, version, owner, asUser: [setpriv, '--reuid', String(owner.uid), '--regid', String(owner.gid), '--clear-groups', ...untilDeath]};
	} catch {
		return {lack: `there is no user ${serverUser}, and PostgreSQL refuses to be root`};
	}
}

async function findFreePort(): Promise<number> {
	const server = createServer();
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const {port} = server.address() as {readonly port: number};
	server.close();
	await once(server, 'close');
	return port;
}

/** A PostgreSQL server of the demonstration's own, on a free port of loopback, with a password. */
export class DemoServer {
	readonly port: number;
	readonly #folder: string;
	readonly #programs: ServerPrograms;
	readonly #context: ProgramContext;
	#server: RunningProgram | undefined;

	private constructor(folder: string, port: number, programs: ServerPrograms, context: ProgramContext) {
		this.#folder = folder;
		this.port = port;
		this.#programs = programs;
		this.#context = context;
	}

	/** @param folder - Absolute; made for it. @throws `source-failed`, `aborted` */
	static async start(folder: string, programs: ServerPrograms, context: ProgramContext): Promise<DemoServer> {
		const server = new DemoServer(folder, await findFreePort(), programs, context);
		try {
			await server.#start();
			return server;
		} catch (error) {
			await server.stop();
			throw error;
		}
	}

	/** The superuser. */
	get user(): string {
		return 'crm';
	}

	/** A file as ~/.pgpass, and one with the password alone. */
	get passFile(): string {
		return path.join(this.#folder, 'pgpass');
	}

	get passwordFile(): string {
		return path.join(this.#folder, 'password');
	}

	/** Run statements, given piece by piece as somebody takes them; what they print, a line each. */
	async run(database: string, input: AsyncIterable<Uint8Array>): Promise<string[]> {
		const {output} = await runProgram({
			program: path.join(this.#programs.folder, 'psql'), what: 'psql',
			arguments: ['-X', '-q', '-A', '-t', '-w', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-p', String(this.port), '-U', this.user, '-d', database, '-f', '-'],
			environment: {PGPASSFILE: this.passFile},
		}, this.#context, {input});
		return output.toString().trim().split('\n');
	}

	/** Never fails. */
	async stop(): Promise<void> {
		// TERM asks a server to wait for all who are connected; its own children end with it.
		await this.#server?.stop('SIGQUIT');
	}

	async #start(): Promise<void> {
		const {folder, asUser, owner} = this.#programs;
		const data = path.join(this.#folder, 'data');
		await mkdir(this.#folder, {recursive: true});
		const password = this.#context.runtime.randomBytes(16).toString('hex');
		await writeFile(this.passwordFile, `${password}\n`, {mode: 0o600});
		await writeFile(this.passFile, `127.0.0.1:${this.port}:*:${this.user}:${password}\n`, {mode: 0o600});
		const forServer = path.join(this.#folder, 'initial-password');
		await writeFile(forServer, `${password}\n`, {mode: 0o600});
		await chmod(this.#folder, 0o711);
		await mkdir(data, {mode: 0o700});
		if (owner) {
			await chown(data, owner.uid, owner.gid);
			await chown(forServer, owner.uid, owner.gid);
		}

		const call = (name: string, argv: readonly string[]) => {
			const [program = '', ...rest] = [...asUser, path.join(folder, name), ...argv];
			return {program, arguments: rest, what: name};
		};

		const initial = ['-D', data, `--username=${this.user}`, `--pwfile=${forServer}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions'];
		await runProgram(call('initdb', initial), this.#context);
		await rm(forServer);
		const settings = {listen_addresses: '127.0.0.1', port: this.port, unix_socket_directories: '', fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', shared_buffers: '32MB'};
		this.#server = RunningProgram.start(call('postgres', ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]), this.#context);
		await this.#waitUntilReady();
	}

	async #waitUntilReady(): Promise<void> {
		const {runtime}: {readonly runtime: Runtime} = this.#context;
		const endMs = runtime.monotonicMs() + readyWithinMs;
		const program = path.join(this.#programs.folder, 'pg_isready');
		for (;;) {
			try {
				await runProgram({program, arguments: ['-q', '-h', '127.0.0.1', '-p', String(this.port), '-d', 'postgres'], what: 'pg_isready'}, this.#context);
				return;
			} catch (error) {
				if (runtime.monotonicMs() > endMs || this.#context.signal?.aborted) {
					throw new CofferError('source-failed', `The PostgreSQL server of the demonstration did not start: ${this.#server?.errors ?? ''}`, {cause: error});
				}

				await runtime.sleep(50, this.#context.signal);
			}
		}
	}
}
