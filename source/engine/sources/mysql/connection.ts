import type {Buffer} from 'node:buffer';
import {CofferError, type ErrorCode} from '../../errors.ts';
import type {MysqlSource} from '../source.ts';
import {assertOptionFileSafe, encodeOptionFile, type Login} from './option-file.ts';

/** How the client programs reach a server. */
export type Connection = {
	/** Which option files count: the first argument of all, and as a file in /dev/fd the first secret. */
	readonly defaults: readonly string[];
	/** Come after them. */
	readonly arguments: readonly string[];
	/** What they read as /dev/fd/3; wiped by `closeConnection`. */
	readonly secretFiles: readonly Buffer[];
	/** Host and port or socket, as far as they were named. */
	readonly place?: string;
	/** Of the URL. */
	readonly database?: string;
};

/** A server and a login, as a URL has them. */
export type Address = Login & {readonly host?: string; readonly port?: number; readonly database?: string};

function decode(part: string): string | undefined {
	return part === '' ? undefined : decodeURIComponent(part);
}

/**
What a URL such as `mysql://user:password@host:3306/crm` says.
@throws `code`, without any of it in the message
*/
export function readUrl(text: string, code: ErrorCode): Address {
	const refuse = (reason: string): never => {
		// Neither the text nor the error of its parser, which holds it.
		throw new CofferError(code, `The URL of the database server cannot be used: ${reason}. It looks like this: mysql://user:password@host:3306/database, with every special character of a part as %XX.`);
	};

	const url = URL.canParse(text) ? new URL(text) : refuse('it is no URL');
	if (!['mysql:', 'mariadb:'].includes(url.protocol)) {
		refuse('it begins neither with mysql:// nor with mariadb://');
	}

	if (url.search !== '' || url.hash !== '') {
		refuse('nothing may follow the database; other settings, such as those of TLS, belong into an option file of the client');
	}

	try {
		const [host, user, password, database] = [url.hostname.replace(/^\[(.*)\]$/, '$1'), url.username, url.password, url.pathname.replace(/^\//, '')].map(part => decode(part));
		return {...(host !== undefined && {host}), ...(user !== undefined && {user}), ...(password !== undefined && {password}), ...(database !== undefined && {database}), ...(url.port !== '' && {port: Number(url.port)})};
	} catch {
		return refuse('a percent sign in it begins no character');
	}
}

type Endpoint = {readonly host?: string | undefined; readonly port?: number | undefined; readonly socket?: string | undefined; readonly user?: string | undefined};

function endpointArguments({host, port, socket, user}: Endpoint): string[] {
	const args: string[] = [];
	if (socket !== undefined) {
		args.push('--protocol=SOCKET', `--socket=${socket}`);
	} else if (port !== undefined) {
		// Without it "localhost" means the socket, whatever the port.
		args.push('--protocol=TCP', `--port=${port}`);
	}

	return [...args, ...(host === undefined ? [] : [`--host=${host}`]), ...(user === undefined ? [] : [`--user=${user}`])];
}

/** For people. */
function placeOf({host, port, socket}: Endpoint): string | undefined {
	const name = host?.includes(':') ? `[${host}]` : host;
	return socket ?? (name === undefined ? (port === undefined ? undefined : `localhost:${port}`) : (port === undefined ? name : `${name}:${port}`));
}

/** A connection by a URL. Without a password in it the client's own option files may give it. @throws `source-failed` */
export function connectByUrl({host, port, user, password, database}: Address): Connection {
	const endpoint = {host, port, user: password === undefined ? user : undefined};
	const place = placeOf(endpoint);
	const secret = password === undefined ? undefined : encodeOptionFile({...(user !== undefined && {user}), password});
	return {
		defaults: secret ? ['--defaults-file=/dev/fd/3'] : [],
		arguments: endpointArguments(endpoint),
		secretFiles: secret ? [secret] : [],
		...(place !== undefined && {place}),
		...(database !== undefined && {database}),
	};
}

/** The connection of a source without a URL. @throws `source-failed` where others may read its option file */
export function connectBySettings({defaultsFile, ...endpoint}: MysqlSource): Connection {
	if (defaultsFile !== undefined) {
		assertOptionFileSafe(defaultsFile);
	}

	const place = placeOf(endpoint);
	return {
		defaults: defaultsFile === undefined ? [] : [`--defaults-file=${defaultsFile}`],
		arguments: endpointArguments(endpoint),
		secretFiles: [],
		...(place !== undefined && {place}),
	};
}

/** Wipe the secrets. */
export function closeConnection({secretFiles}: Connection): void {
	for (const secret of secretFiles) {
		secret.fill(0);
	}
}
