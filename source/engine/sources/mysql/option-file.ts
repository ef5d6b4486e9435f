import {Buffer} from 'node:buffer';
import {accessSync, constants, lstatSync, type Stats} from 'node:fs';
import process from 'node:process';
import {CofferError, errorText, systemErrorCode} from '../../errors.ts';

/** The option files of the whole machine, in the order in which MariaDB's and MySQL's programs read them. */
const systemFiles = ['/etc/my.cnf', '/etc/mysql/my.cnf'] as const;

const escapes: Readonly<Record<string, string>> = {'\\': String.raw`\\`, '"': String.raw`\"`, '\n': String.raw`\n`, '\r': String.raw`\r`, '\t': String.raw`\t`};

function isReadable(file: string): boolean {
	try {
		accessSync(file, constants.R_OK);
		return true;
	} catch {
		return false;
	}
}

/** What is logged in with. */
export type Login = {readonly user?: string; readonly password?: string};

/**
An option file for `--defaults-file`: what the machine's own files say, such as of TLS, then the login. `~/.my.cnf` is not read then: it would win over what comes before it.
@returns The caller wipes it.
@throws `source-failed` for a user or password with a NUL, which no option file can hold
*/
export function encodeOptionFile({user, password}: Login): Buffer {
	const lines = systemFiles.filter(file => isReadable(file)).map(file => `!include ${file}`);
	lines.push('[client]');
	for (const [name, value] of Object.entries({user, password})) {
		if (value === undefined) {
			continue;
		}

		if (value.includes('\0')) {
			throw new CofferError('source-failed', `The ${name} for the database server holds a NUL, which its programs cannot be given.`);
		}

		lines.push(`${name}="${value.replaceAll(/[\\"\n\r\t]/g, character => escapes[character]!)}"`);
	}

	return Buffer.from(`${lines.join('\n')}\n`);
}

function refuse(file: string, reason: string, remedy: string): never {
	throw new CofferError('source-failed', `The option file ${file} is not used: ${reason}. ${remedy}`, {context: {file}});
}

/**
See to it that nobody else can read or write an option file that may hold a password, as with key files.
@param file - Absolute path.
@throws `source-failed`
*/
export function assertOptionFileSafe(file: string): void {
	let status: Stats;
	try {
		status = lstatSync(file);
	} catch (error) {
		throw new CofferError('source-failed', systemErrorCode(error) === 'ENOENT' ? `There is no option file ${file}. Name the right one as defaultsFile.` : `The option file ${file} cannot be read: ${errorText(error)}`, {context: {file}, cause: error});
	}

	const own = process.geteuid?.();
	if (status.isSymbolicLink()) {
		refuse(file, 'it is a symbolic link', 'Name the file itself as defaultsFile.');
	}

	if (!status.isFile()) {
		refuse(file, 'it is not a regular file', 'Name the file itself as defaultsFile.');
	}

	if (status.uid !== 0 && status.uid !== own) {
		refuse(file, 'it belongs to another user', `Run: chown ${own ?? 'you'} ${file}`);
	}

	if ((status.mode & 0o077) !== 0) {
		refuse(file, `others may read it (mode ${(status.mode & 0o777).toString(8)})`, `Run: chmod 600 ${file} — and if somebody may have read it, change the password.`);
	}
}
