import {CofferError} from '../../errors.ts';
import {findProgram} from '../../programs/find-program.ts';
import type {ProgramCall, ProgramContext} from '../../programs/program-call.ts';
import {runProgram} from '../../programs/run-program.ts';
import type {MysqlServer} from './mysql-server.ts';
import {isOlder, readClientVersion, type Version} from './version.ts';

/** Options that make a dump less than whole, or another kind of file, and that nothing on the command line takes back. */
const harmfulOptions = new Set([
	'all-databases', 'apply-slave-statements', 'as-of', 'compact', 'compatible', 'delete-master-logs', 'dump-slave', 'flush-logs', 'force', 'ignore-database', 'ignore-error', 'ignore-table', 'ignore-table-data',
	'ignore-views', 'insert-ignore', 'lock-all-tables', 'master-data', 'no-create-db', 'no-create-info', 'no-data', 'replace', 'result-file', 'source-data', 'system', 'tab', 'tables', 'where', 'xml',
]);

/** What makes dumps whole, consistent and alike from day to day, also where option files say otherwise. */
const shape = [
	'--single-transaction', '--quick', '--routines', '--events', '--triggers', '--hex-blob', '--default-character-set=utf8mb4', '--no-tablespaces', '--skip-dump-date', '--tz-utc', '--order-by-primary', '--extended-insert',
	'--skip-complete-insert', '--comments', '--quote-names', '--set-charset', '--create-options', '--add-drop-table', '--add-locks', '--disable-keys', '--max-allowed-packet=1G',
] as const;

/** The program that makes dumps, and its version. */
export class DumpProgram {
	readonly version: Version;
	readonly #program: string;
	readonly #server: MysqlServer;

	private constructor(program: string, version: Version, server: MysqlServer) {
		this.#program = program;
		this.version = version;
		this.#server = server;
	}

	/**
	Find the program that goes with a server, and see to it that its option files leave dumps whole.
	@throws `failureCode`, `aborted`
	*/
	static async find(server: MysqlServer, {runtime, signal, log, warn}: ProgramContext & {readonly warn: (message: string) => void}, failureCode: ProgramCall['failureCode'] = 'source-failed'): Promise<DumpProgram> {
		const context = {runtime, signal, log};
		const names = server.version.isMariaDb ? ['mariadb-dump', 'mysqldump'] : ['mysqldump', 'mariadb-dump'];
		const program = findProgram(names, runtime);
		if (program === undefined) {
			throw new CofferError(failureCode, `There is no program ${names.join(' or ')} on this machine, which dumps are made with. Install the package mariadb-client (or default-mysql-client).`);
		}

		const call = {program, what: `The version of ${program}`, failureCode};
		const printed = (await runProgram({...call, arguments: ['--no-defaults', '--version']}, context)).output.toString('latin1').trim();
		const version = readClientVersion(printed);
		if (!version) {
			throw new CofferError(failureCode, `${program} says of itself "${printed}", which is no version of mariadb-dump or mysqldump that is known.`);
		}

		log(`${program} is of ${version.text}; the server at ${server.place} is ${server.version.text}.`);
		if (version.isMariaDb !== server.version.isMariaDb) {
			if (!version.isMariaDb) {
				throw new CofferError(failureCode, `${program} is of ${version.text} and the server at ${server.place} is ${server.version.text}: it would leave out sequences and other things that MySQL does not have. Install the package mariadb-client.`);
			}

			warn(`The server at ${server.place} is ${server.version.text}, but ${program} is of ${version.text}. Its dumps of tables with generated columns cannot be loaded into MySQL; install MySQL's own client.`);
		} else if (isOlder(version, server.version)) {
			warn(`${program} (${version.text}) is older than the server at ${server.place} (${server.version.text}) and may not know all that it can hold. Update the client.`);
		}

		const found = new DumpProgram(program, version, server);
		const options = await runProgram({...call, arguments: [...server.connection.defaults, '--print-defaults'], secretFiles: server.connection.secretFiles, what: `The option files of ${program}`}, context);
		found.#refuseOptions(options.output.toString('latin1'), failureCode);
		return found;
	}

	/** The dump of one database. @param schemaOnly - Leave out the rows. */
	dump(database: string, {schemaOnly = false, failureCode = 'source-failed'}: {readonly schemaOnly?: boolean; readonly failureCode?: ProgramCall['failureCode']} = {}): ProgramCall {
		return this.#call([...shape, ...(schemaOnly ? ['--no-data'] : []), '--databases', '--', database], `The dump of the database "${database}" at ${this.#server.place}`, failureCode);
	}

	/** All users, roles and what they may do, in SQL that leaves users alone who are there already. Of MariaDB only. */
	users(): ProgramCall {
		return this.#call(['--system=users', '--insert-ignore', '--skip-dump-date', '--comments', '--set-charset', '--default-character-set=utf8mb4'], `The dump of the users at ${this.#server.place}`);
	}

	#call(more: readonly string[], what: string, failureCode: ProgramCall['failureCode'] = 'source-failed'): ProgramCall {
		const {defaults, arguments: endpoint, secretFiles} = this.#server.connection;
		// Of MySQL: servers that do not have these tables would fail, and positions of replication belong to no dump.
		const own = this.version.isMariaDb ? [] : [...(isOlder(this.version, {...this.version, numbers: [8, 0]}) ? [] : ['--column-statistics=0']), '--set-gtid-purged=OFF'];
		return {program: this.#program, arguments: [...defaults, ...endpoint, ...own, ...more], secretFiles, what, failureCode};
	}

	/** @param printed - Names and values, of which no more than the name may be told. */
	#refuseOptions(printed: string, code: ProgramCall['failureCode'] = 'source-failed'): void {
		for (const [, name = ''] of printed.matchAll(/(?:^|\s)--(?:loose-)?([a-z][a-z_-]*)/g)) {
			const option = name.replaceAll('_', '-');
			if (harmfulOptions.has(option)) {
				throw new CofferError(code, `An option file of ${this.#program} sets "${option}", with which dumps are not whole. Take it out of there, or name another file as defaultsFile.`);
			}
		}
	}
}
