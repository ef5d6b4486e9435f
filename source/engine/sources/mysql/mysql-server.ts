import {CofferError, type ErrorCode} from '../../errors.ts';
import {findProgram} from '../../programs/find-program.ts';
import type {ProgramCall, ProgramContext} from '../../programs/program-call.ts';
import {runProgram} from '../../programs/run-program.ts';
import {onePiece} from '../pieces.ts';
import type {Connection} from './connection.ts';
import {readServerVersion, type Version} from './version.ts';

/** A text in SQL whatever the server's mode, without anything to escape. */
export function sqlText(text: string): string {
	return `CONVERT(0x${Buffer.from(text).toString('hex')} USING utf8mb4)`;
}

/** The name of a database, table and so on in SQL. */
export function sqlName(name: string): string {
	return `\`${name.replaceAll('`', '``')}\``;
}

/** The command-line client: some can do what older ones cannot. */
type Client = {readonly program: string; readonly hasSandbox: boolean; readonly canHideQueries: boolean; readonly code: ErrorCode};

const noVersion: Version = {isMariaDb: false, numbers: [], text: ''};

/** A server, reached through its own command-line client. */
export class MysqlServer {
	readonly connection: Connection;
	readonly version: Version;
	/** For people: `db.example:3306`. */
	readonly place: string;
	readonly #client: Client;
	readonly #context: ProgramContext;

	private constructor(connection: Connection, client: Client, context: ProgramContext, version: Version, place: string) {
		this.connection = connection;
		this.#client = client;
		this.#context = context;
		this.version = version;
		this.place = place;
	}

	/** Find the client and ask the server who it is. @throws `code`, `aborted` */
	static async reach(connection: Connection, context: ProgramContext, code: ErrorCode): Promise<MysqlServer> {
		const program = findProgram(['mariadb', 'mysql'], context.runtime);
		if (program === undefined) {
			throw new CofferError(code, 'There is no program mariadb or mysql on this machine, through which the server is reached. Install the package mariadb-client (or default-mysql-client).');
		}

		const call = {program, arguments: ['--no-defaults', '--help'], what: `The list of what ${program} can do`, failureCode: code};
		const help = (await runProgram(call, context)).output.toString('latin1');
		const client = {program, hasSandbox: help.includes(' --sandbox '), canHideQueries: help.includes(' --print-query-on-error'), code};
		const what = `The login at ${connection.place ?? 'the database server'}`;
		const [row = []] = await new MysqlServer(connection, client, context, noVersion, '').query('SELECT VERSION(), @@version_comment, @@hostname, @@port;', what);
		const version = readServerVersion(row[0] ?? '', row[1] ?? '');
		if (!version) {
			throw new CofferError(code, `${what}: it is neither a MariaDB nor a MySQL server; it calls itself "${row[0] ?? ''}".`);
		}

		return new MysqlServer(connection, client, context, version, connection.place ?? `${row[2]}:${row[3]}`);
	}

	/**
	What statements give: the cells of all their rows, as the client writes them, with control characters and backslashes escaped. Ask for `HEX(…)` of what others have named.
	@param what - What it does, for messages.
	@throws `code`, `aborted`
	*/
	async query(sql: string, what: string): Promise<string[][]> {
		const {output} = await runProgram(this.#call(what, ['--skip-column-names']), this.#context, {input: onePiece(Buffer.from(sql))});
		const text = output.toString('utf8');
		return text === '' ? [] : text.replace(/\n$/, '').split('\n').map(line => line.split('\t'));
	}

	/** The same for one column of `HEX(…)`. @throws `code`, `aborted` */
	async queryNames(sql: string, what: string): Promise<string[]> {
		const rows = await this.query(sql, what);
		return rows.map(([hex = '']) => Buffer.from(hex, 'hex').toString('utf8'));
	}

	/**
	Run statements that come as a stream; commands of the client itself, such as those that run other programs, are off.
	@param options.isForced - Go on after a statement that failed, and succeed.
	@returns What the client wrote to its standard error.
	@throws `code`, what the input throws, `aborted`
	*/
	async run(input: AsyncIterable<Uint8Array>, what: string, {isForced = false}: {readonly isForced?: boolean} = {}): Promise<string> {
		const more = ['--max-allowed-packet=1G', ...(this.#client.hasSandbox ? ['--sandbox'] : []), ...(isForced ? ['--force'] : [])];
		const {errors} = await runProgram(this.#call(what, more), this.#context, {input});
		return errors;
	}

	/** The same server for what must be done though the run was interrupted. */
	uninterrupted(): MysqlServer {
		const {runtime, log} = this.#context;
		return new MysqlServer(this.connection, this.#client, {runtime, log}, this.version, this.place);
	}

	#call(what: string, more: readonly string[]): ProgramCall {
		const {defaults, arguments: endpoint, secretFiles} = this.connection;
		return {
			program: this.#client.program,
			what,
			secretFiles,
			failureCode: this.#client.code,
			arguments: [
				...defaults, ...endpoint, '--batch', '--binary-mode', '--default-character-set=utf8mb4', '--skip-reconnect', '--local-infile=0',
				// What option files may say for people at a terminal.
				'--skip-table', '--skip-html', '--skip-vertical', '--skip-force', '--disable-tee', '--skip-safe-updates',
				// Statements hold data, which belongs into no log.
				...(this.#client.canHideQueries ? ['--skip-print-query-on-error'] : []),
				...more,
			],
		};
	}
}
