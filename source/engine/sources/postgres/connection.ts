import {accessSync, constants} from 'node:fs';
import {Buffer} from 'node:buffer';
import {CofferError, errorText, type ErrorCode} from '../../errors.ts';
import type {ProgramCall} from '../../programs/program-call.ts';
import {createSecretBuffer} from '../../secret-buffer.ts';
import type {PostgresSource} from '../source.ts';
import type {SourceContext} from '../source-stream.ts';
import {readConnectionUrl, type ConnectionUrl} from './connection-url.ts';

/** A value as a connection string of libpq has it. */
function quoteValue(value: string): string {
	return `'${value.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}

const [colon, backslash] = [0x3A, 0x5C];
const lineEnds = new Set([0x00, 0x0A, 0x0D]);

/**
The content of a password file that gives one password to every server: whom it is for, the connection says.
@returns `undefined` for a password that no line can hold.
*/
function createPassFile(password: Uint8Array): Buffer | undefined {
	if (password.some(byte => lineEnds.has(byte))) {
		return undefined;
	}

	const prefix = Buffer.from('*:*:*:*:');
	const content = createSecretBuffer(prefix.byteLength + (password.byteLength * 2) + 1);
	let length = prefix.copy(content);
	for (const byte of password) {
		if (byte === colon || byte === backslash) {
			content[length++] = backslash;
		}

		content[length++] = byte;
	}

	content[length++] = 0x0A;
	return content.subarray(0, length);
}

/** Which server is meant, and how its client programs are told so: names in a connection string, a password in a file in memory. */
export class PostgresConnection {
	/** For people: `127.0.0.1:5432`. */
	readonly place: string;
	/** The database that the URL names. */
	readonly database: string | undefined;
	readonly #parameters: Readonly<Record<string, string>>;
	readonly #environment: Readonly<Record<string, string>>;
	readonly #passFile: Buffer | undefined;

	private constructor({parameters, database}: ConnectionUrl, environment: Readonly<Record<string, string>>, passFile: Buffer | undefined) {
		const {host, port, service} = parameters;
		this.place = service === undefined ? `${host ?? 'the local socket'}${port === undefined ? '' : `:${port}`}` : `the service ${service}`;
		this.database = database;
		this.#parameters = parameters;
		this.#environment = environment;
		this.#passFile = passFile;
	}

	/** The server of a source. @throws `source-failed`; what `readSecret` throws */
	static async ofSource({name, host, port, user, service, serviceFile, passFile, url}: PostgresSource, {readSecret}: Pick<SourceContext, 'readSecret'>): Promise<PostgresConnection> {
		if (url) {
			const secret = await readSecret(url);
			try {
				const read = readConnectionUrl(secret);
				if (!read) {
					throw new CofferError('source-failed', `The secret "url" of "${name}" is no URL of a PostgreSQL server. It looks like postgresql://user:password@host:5432/database, with special characters as %40 and the like.`);
				}

				return PostgresConnection.#create(read, {}, 'source-failed', name);
			} finally {
				secret.fill(0);
			}
		}

		try {
			if (passFile !== undefined) {
				accessSync(passFile, constants.R_OK);
			}
		} catch (error) {
			throw new CofferError('source-failed', `The file with the password of "${name}", ${passFile}, cannot be read: ${errorText(error)}.`, {cause: error});
		}

		const parameters = Object.entries({host, port: port?.toString(), user, service}).filter((entry): entry is [string, string] => entry[1] !== undefined);
		const environment = {...(serviceFile !== undefined && {PGSERVICEFILE: serviceFile}), ...(passFile !== undefined && {PGPASSFILE: passFile})};
		return new PostgresConnection({parameters: Object.fromEntries(parameters)}, environment, undefined);
	}

	/** The server that a URL names. @param password - Stays the caller's. @throws `usage`, `target-unusable` */
	static ofUrl(url: URL, password: Uint8Array | undefined): PostgresConnection {
		const read = readConnectionUrl(Buffer.from(url.href));
		if (!read || read.password) {
			throw new CofferError('usage', 'A PostgreSQL server is named as postgresql://user@host:5432/database, without a password.');
		}

		return PostgresConnection.#create({...read, ...(password && {password: Buffer.from(password)})}, {}, 'target-unusable', 'The server');
	}

	static #create(url: ConnectionUrl, environment: Readonly<Record<string, string>>, code: ErrorCode, about: string): PostgresConnection {
		const {password} = url;
		try {
			const passFile = password && createPassFile(password);
			if (password && !passFile) {
				throw new CofferError(code, `${about}: The password holds the end of a line, which PostgreSQL's programs cannot be told. Choose another one.`);
			}

			return new PostgresConnection(url, {...environment, ...(passFile && {PGPASSFILE: '/dev/fd/3'})}, passFile);
		} finally {
			password?.fill(0);
		}
	}

	/**
	What a call of any of PostgreSQL's programs needs to reach a database. A secret file is always the first.
	Times and bytes come in one form, whatever the server's settings, so that equal rows have equal dumps.
	*/
	toReach(database: string): Pick<ProgramCall, 'arguments' | 'environment' | 'secretFiles'> {
		const parts = Object.entries({...this.#parameters, dbname: database}).map(([name, value]) => `${name}=${quoteValue(value)}`);
		return {
			arguments: ['--no-password', `--dbname=${parts.join(' ')}`],
			environment: {PGAPPNAME: 'coffer', PGCONNECT_TIMEOUT: '15', PGTZ: 'UTC', PGOPTIONS: '-c bytea_output=hex', ...this.#environment},
			...(this.#passFile && {secretFiles: [this.#passFile]}),
		};
	}

	/** Wipe the password. */
	close(): void {
		this.#passFile?.fill(0);
	}
}
