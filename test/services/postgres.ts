import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {appendFileSync, chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as after} from 'node:timers/promises';
import {usualClientFolders} from '../../source/engine/sources/postgres/client-programs.ts';
import {findFreePort} from './free-port.ts';

const serverFolder = usualClientFolders({environment: process.env}).find(folder => ['postgres', 'pgbench'].every(name => existsSync(path.join(folder, name))));
const isRoot = process.getuid?.() === 0;

const superuser = 'admin';
const superuserPassword = String.raw`only:for\tests @1%`;

/** The user that a server is started as: PostgreSQL refuses to be root. */
const serverUser = isRoot ? ['setpriv', '--reuid', 'postgres', '--regid', 'postgres', '--init-groups'] : [];

/** Why no server can be started here; `undefined` where one can. */
export const postgresLack: string | undefined = serverFolder === undefined ? 'PostgreSQL is not installed (the package postgresql)' : undefined;

function check({status, stderr, error}: ReturnType<typeof spawnSync>, what: string): void {
	if (status !== 0) {
		throw new Error(`${what} failed: ${error?.message ?? String(stderr)}`);
	}
}

export type PostgresRun = {
	/** @default the superuser of the server */
	readonly user?: string;
	readonly input?: string;
	readonly database?: string;
};

/** A PostgreSQL server of a test's own, with passwords for all, on a free port of loopback. It ends with this process, however that ends. */
export class TestPostgres {
	/** The superuser. */
	readonly user: string = superuser;
	/** Of the superuser, with what has to be escaped in URLs and password files. */
	readonly password: string = superuserPassword;
	readonly port: number;
	/** Of its programs. */
	readonly programs: string;
	/** Holds its socket and its data, and goes with it. */
	readonly folder: string;
	readonly #child: ChildProcess;

	private constructor(folder: string, port: number, child: ChildProcess) {
		this.folder = folder;
		this.port = port;
		this.programs = serverFolder!;
		this.#child = child;
	}

	/** Make a cluster and start it. Ask `postgresLack` first. */
	static async start(): Promise<TestPostgres> {
		const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'coffer-postgres-')));
		chmodSync(folder, 0o755);
		try {
			if (isRoot) {
				const id = (option: string) => Number(spawnSync('id', [option, 'postgres'], {encoding: 'utf8'}).stdout);
				chownSync(folder, id('-u'), id('-g'));
			}

			const port = await findFreePort();
			const server = new TestPostgres(folder, port, await TestPostgres.#spawn(folder, port));
			await server.#waitUntilReady();
			return server;
		} catch (error) {
			rmSync(folder, {recursive: true, force: true});
			throw error;
		}
	}

	static async #spawn(folder: string, port: number): Promise<ChildProcess> {
		const passwordFile = path.join(folder, 'password');
		const data = path.join(folder, 'data');
		writeFileSync(passwordFile, `${superuserPassword}\n`, {mode: 0o644});
		const [program, ...rest] = [...serverUser, path.join(serverFolder!, 'initdb')];
		check(spawnSync(program, [
			...rest, '-D', data, `--username=${superuser}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync',
			'--no-instructions',
		], {cwd: '/', encoding: 'utf8'}), 'initdb');
		const log = path.join(folder, 'log');
		appendFileSync(log, '');
		// Root's children would not be told of the end of this process once they are somebody else, so setpriv asks for it afterwards. QUIT ends the server at once.
		const child = spawn('setpriv', [
			...serverUser.slice(1), '--pdeathsig', 'QUIT', path.join(serverFolder!, 'postgres'), '-D', data,
			...Object.entries({
				listen_addresses: '127.0.0.1', port, unix_socket_directories: folder, fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off',
				max_connections: 30, shared_buffers: '64MB', autovacuum: 'off', timezone: 'Europe/Berlin', bytea_output: 'escape',
			}).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
		], {cwd: '/', stdio: ['ignore', 'ignore', 'pipe']});
		child.stderr.on('data', (text: Uint8Array) => {
			appendFileSync(log, text);
		});
		return child;
	}

	get host(): string {
		return '127.0.0.1';
	}

	/** The environment in which PostgreSQL's own programs reach it as the superuser. */
	get environment(): Record<string, string> {
		return {PATH: process.env['PATH'] ?? '', PGHOST: this.host, PGPORT: String(this.port), PGUSER: this.user, PGPASSWORD: this.password, LC_ALL: 'C.UTF-8'};
	}

	/** `postgresql://admin:PASSWORD@127.0.0.1:PORT/DATABASE`, with the password in it. */
	url(database = 'postgres'): string {
		return `postgresql://${this.user}:${encodeURIComponent(this.password)}@${this.host}:${this.port}/${encodeURIComponent(database)}`;
	}

	/** Run statements in a database, and give what they write, without alignment. */
	sql(statements: string, database = 'postgres'): string {
		return this.run('psql', ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-f', '-'], {input: statements, database}).trimEnd();
	}

	/** Run one of its programs to the end. @throws Where it fails */
	run(name: string, argv: readonly string[], {input, database = 'postgres'}: PostgresRun = {}): string {
		const result = spawnSync(path.join(this.programs, name), argv, {encoding: 'utf8', env: {...this.environment, PGDATABASE: database}, maxBuffer: 1e9, ...(input !== undefined && {input})});
		check(result, name);
		return result.stdout;
	}

	/** Start one of its programs, which the caller ends. */
	begin(name: string, argv: readonly string[], database = 'postgres'): ChildProcess {
		return spawn('setpriv', ['--pdeathsig', 'KILL', path.join(this.programs, name), ...argv], {env: {...this.environment, PGDATABASE: database}, stdio: ['pipe', 'pipe', 'inherit']});
	}

	/** End it and remove its data. */
	async stop(): Promise<void> {
		if (this.#child.exitCode === null && this.#child.signalCode === null) {
			this.#child.kill('SIGQUIT');
			await once(this.#child, 'exit');
		}

		rmSync(this.folder, {recursive: true, force: true});
	}

	async #waitUntilReady(): Promise<void> {
		const isReady = () => spawnSync(path.join(this.programs, 'pg_isready'), ['-q', '-d', 'postgres'], {env: this.environment}).status === 0;
		const end = performance.now() + 30_000;
		while (!isReady()) {
			if (this.#child.exitCode !== null || performance.now() > end) {
				throw new Error(`The PostgreSQL server did not start:\n${readFileSync(path.join(this.folder, 'log'), 'utf8')}`);
			}

			await after(20);
		}
	}
}
