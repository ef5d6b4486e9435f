import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, writeFileSync, closeSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import path from 'node:path';
import {setTimeout as after} from 'node:timers/promises';
import {findFreePort} from './free-port.ts';

const serverProgram = '/usr/sbin/mariadbd';
const user = 'admin';
const password = String.raw`pa"ss'w\o#rd;% ü\s `;

/** Why no server can be started here; `undefined` where one can. */
export const mariadbLack: string | undefined = existsSync(serverProgram) && existsSync('/usr/bin/mariadb-dump') ? undefined : 'MariaDB is not installed (the packages mariadb-server-core and mariadb-client)';

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

/** A MariaDB server of a test's own on a free port of loopback, with a password for everybody. It ends with this process, however that ends. */
export class TestMariadb {
	/** May do everything. */
	readonly user: string = user;
	/** Has what must be escaped in URLs and option files. */
	readonly password: string = password;
	readonly port: number;
	/** Holds its data, and goes with it. */
	readonly folder: string;
	readonly #child: ChildProcess;

	private constructor(folder: string, port: number, child: ChildProcess) {
		this.folder = folder;
		this.port = port;
		this.#child = child;
	}

	/** Make one and start it. Ask `mariadbLack` first. @param options - Of the server, such as `--event-scheduler=ON`. @default none */
	static async start(options: readonly string[] = []): Promise<TestMariadb> {
		const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'coffer-mariadb-')));
		try {
			chmodSync(folder, 0o711);
			const port = await findFreePort();
			const server = new TestMariadb(folder, port, TestMariadb.#spawn(folder, port, options));
			await server.#waitUntilReady();
			return server;
		} catch (error) {
			rmSync(folder, {recursive: true, force: true});
			throw error;
		}
	}

	static #spawn(folder: string, port: number, options: readonly string[]): ChildProcess {
		const data = path.join(folder, 'data');
		// Each one that starts removes the temporary files that it finds, those of others, too.
		const temporary = path.join(folder, 'tmp');
		mkdirSync(temporary);
		const {username} = userInfo();
		const {status, stderr, stdout} = spawnSync('mariadb-install-db', ['--no-defaults', `--datadir=${data}`, `--user=${username}`, '--auth-root-authentication-method=normal', `--tmpdir=${temporary}`, '--skip-test-db'], {encoding: 'utf8'});
		if (status !== 0) {
			throw new Error(`mariadb-install-db failed: ${stderr}${stdout}`);
		}

		const init = path.join(folder, 'init.sql');
		const name = `'${user}'@'%'`;
		writeFileSync(init, `CREATE USER ${name} IDENTIFIED BY '${password.replaceAll(/['\\]/g, String.raw`\$&`)}';\nGRANT ALL PRIVILEGES ON *.* TO ${name} WITH GRANT OPTION;\nDELETE FROM mysql.global_priv WHERE user = 'root';\nFLUSH PRIVILEGES;\n`, {mode: 0o600});
		writeFileSync(path.join(folder, 'admin.cnf'), `[client]\nuser=${user}\npassword=${quoted(password)}\nhost=127.0.0.1\nport=${port}\n`, {mode: 0o600});
		const log = openSync(path.join(folder, 'log'), 'a');
		const child = spawn('setpriv', [
			'--pdeathsig', 'KILL', serverProgram, '--no-defaults', `--datadir=${data}`, `--tmpdir=${temporary}`, `--user=${username}`, `--socket=${path.join(folder, 'sock')}`, '--bind-address=127.0.0.1', `--port=${port}`, `--init-file=${init}`,
			'--character-set-server=utf8mb4', '--innodb-flush-log-at-trx-commit=0', '--innodb-flush-method=nosync', '--innodb-buffer-pool-size=64M', '--innodb-log-file-size=32M', '--skip-innodb-doublewrite', '--skip-log-bin', '--skip-name-resolve', ...options,
		], {cwd: '/', stdio: ['ignore', log, log]});
		closeSync(log);
		return child;
	}

	get host(): string {
		return '127.0.0.1';
	}

	/** Of its Unix socket. */
	get socket(): string {
		return path.join(this.folder, 'sock');
	}

	/** An option file with everything that the administrator needs. */
	get optionFile(): string {
		return path.join(this.folder, 'admin.cnf');
	}

	/** `mysql://admin:PASSWORD@127.0.0.1:PORT/DATABASE`, with the password in it. */
	url(database = ''): string {
		return `mysql://${this.user}:${encodeURIComponent(this.password)}@${this.host}:${this.port}/${encodeURIComponent(database)}`;
	}

	/** Run statements, and give what they write, without the names of columns. @throws Where one fails */
	sql(statements: string): string {
		return this.run('mariadb', ['--default-character-set=utf8mb4', '--binary-mode', '--batch', '--skip-column-names'], statements).trimEnd();
	}

	/** Run one of its programs as the administrator to the end. @throws Where it fails */
	run(program: string, argv: readonly string[], input?: string): string {
		const {status, stdout, stderr} = spawnSync(program, [`--defaults-file=${this.optionFile}`, ...argv], {encoding: 'utf8', maxBuffer: 1e9, ...(input !== undefined && {input})});
		if (status !== 0) {
			throw new Error(`${program} failed: ${stderr}`);
		}

		return stdout;
	}

	/** Start its client as the administrator, for statements that run beside others; the caller ends it. */
	begin(): ChildProcess {
		return spawn('setpriv', ['--pdeathsig', 'KILL', 'mariadb', `--defaults-file=${this.optionFile}`, '--default-character-set=utf8mb4', '--batch', '--skip-column-names', '--unbuffered'], {stdio: ['pipe', 'pipe', 'inherit']});
	}

	/** End it and remove its data. */
	async stop(): Promise<void> {
		if (this.#child.exitCode === null && this.#child.signalCode === null) {
			this.#child.kill('SIGKILL');
			await once(this.#child, 'exit');
		}

		rmSync(this.folder, {recursive: true, force: true});
	}

	async #waitUntilReady(): Promise<void> {
		const isReady = () => spawnSync('mariadb-admin', [`--defaults-file=${this.optionFile}`, 'ping']).status === 0;
		const end = performance.now() + 30_000;
		while (!isReady()) {
			if (this.#child.exitCode !== null || performance.now() > end) {
				throw new Error(`The MariaDB server did not start:\n${readFileSync(path.join(this.folder, 'log'), 'utf8')}`);
			}

			await after(20);
		}
	}
}
