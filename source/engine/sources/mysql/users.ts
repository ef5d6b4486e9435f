import {Buffer} from 'node:buffer';
import {CofferError, errorText, isCofferError} from '../../errors.ts';
import {runProgram} from '../../programs/run-program.ts';
import type {SourceContext} from '../source-stream.ts';
import type {DumpProgram} from './dump-program.ts';
import {sqlName, type MysqlServer} from './mysql-server.ts';

const escaped: Readonly<Record<string, string>> = {n: '\n', t: '\t', 0: '\0'};
const defaultRole = / DEFAULT ROLE (`.+?`) REQUIRE /;

/** A cell as it was before the client wrote it. */
const unescapeCell = (cell: string): string => cell.replaceAll(/\\(.)/gs, (_whole, character: string) => escaped[character] ?? character);

/**
Every user and what it may do, one statement a line, from what the server says of each; the server's own users are left out.
It is how MySQL's users are read; MariaDB's client has a way of its own, which knows roles of MariaDB.
@throws `source-failed`, `aborted`
*/
export async function readUsersBySql(server: MysqlServer): Promise<Buffer> {
	const what = `The list of the users at ${server.place}`;
	const cells = await server.queryNames('SELECT HEX(CONCAT(user, CHAR(0), host)) FROM mysql.user WHERE user NOT LIKE \'mysql.%\' AND user <> \'mariadb.sys\' AND host <> \'\' ORDER BY user, host;', what);
	const accounts = cells.map(cell => cell.split('\0').map(part => sqlName(part)).join('@'));
	const asked = accounts.map(account => `SHOW CREATE USER ${account}; SHOW GRANTS FOR ${account};\n`);
	const rows = await server.query(`/*!80017 SET print_identified_with_as_hex = ON */;\n${asked.join('')}`, what);
	const created: string[] = [];
	const granted: string[] = [];
	const roles: string[] = [];
	for (const [cell = ''] of rows) {
		const statement = unescapeCell(cell);
		if (!statement.startsWith('CREATE USER ')) {
			granted.push(`${statement};`);
			continue;
		}

		// A role must be there and granted before it can be the default.
		const role = defaultRole.exec(statement);
		if (role) {
			roles.push(`ALTER USER ${accounts[created.length]} DEFAULT ROLE ${role[1]};`);
		}

		created.push(`${statement.replace(defaultRole, ' REQUIRE ').replace(/^CREATE USER /, 'CREATE USER IF NOT EXISTS ')};`);
	}

	return Buffer.from(`${[...created, ...granted, ...roles, '-- Dump completed'].join('\n')}\n`);
}

/**
All users, roles and grants of a server as SQL, for `/grants.sql`; `undefined` where this user may not read them, which is warned of.
@throws `aborted`
*/
export async function readUsers(server: MysqlServer, program: DumpProgram, context: SourceContext): Promise<Buffer | undefined> {
	try {
		const users = server.version.isMariaDb ? (await runProgram(program.users(), context)).output : await readUsersBySql(server);
		if (!/\n-- Dump completed\s*$/.test(users.toString('latin1', Math.max(0, users.byteLength - 200)))) {
			throw new CofferError('source-failed', `The dump of the users at ${server.place} ended without its last line.`);
		}

		return users;
	} catch (error) {
		if (!isCofferError(error, 'source-failed')) {
			throw error;
		}

		context.warn(`Users and their privileges are not in the snapshot: ${errorText(error)} Let the user of the backup read the database "mysql" if they shall be.`);
		return undefined;
	}
}
