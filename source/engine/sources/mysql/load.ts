import {CofferError, errorText, isCofferError} from '../../errors.ts';
import type {Runtime} from '../../runtime.ts';
import type {Dump} from '../databases/dump-target.ts';
import {findMissingDefiners, readState} from './database-state.ts';
import {rewriteDump} from './rewrite-dump.ts';
import {sqlName, sqlText, type MysqlServer} from './mysql-server.ts';

/** Of the name of a database, in characters. */
const maximumNameLength = 64;
const shownWarnings = 10;

type Load = {
	readonly server: MysqlServer;
	readonly dump: Dump;
	readonly database: string;
	readonly isReplacing: boolean;
	readonly runtime: Pick<Runtime, 'randomBytes'>;
};

/** What helps where the server's own words do not say it. */
function hintFor(message: string): string {
	if (/max_allowed_packet|ERROR (?:1153|2006)\b/.test(message)) {
		return ' Unless the server went down, a row of the dump is larger than it takes: raise max_allowed_packet in its configuration (at most 1G), and try again.';
	}

	if (/Unknown collation|Unknown character set|\b1273\b|\b1115\b/.test(message)) {
		return ' The dump comes from a server that sorts texts in a way which this one does not know, such as MySQL 8 and MariaDB: load it into a server of the kind and version that it was made of.';
	}

	return '';
}

async function loadInto({server, dump}: Load, database: string, isWithoutEvents: boolean): Promise<void> {
	await server.run(rewriteDump(dump.read(), {database, isWithoutEvents}), `Loading the dump of "${dump.name}" into the database "${database}" at ${server.place}`);
}

/** An error of loading, with what has become of the database. */
function explain(error: unknown, state: string): unknown {
	if (!isCofferError(error)) {
		return error;
	}

	const {code, message, context} = error;
	return new CofferError(code, code === 'aborted' ? `Loading was interrupted. ${state}` : `${message.replace(/\.?$/, '.')}${hintFor(message)} ${state}`, {context, cause: error});
}

async function drop(server: MysqlServer, database: string): Promise<void> {
	await server.query(`DROP DATABASE IF EXISTS ${sqlName(database)};`, `Removing the database "${database}" at ${server.place}`);
}

/** Load into a database that is missing or empty, and leave it so when that fails. */
async function loadFresh(load: Load, isMissing: boolean): Promise<void> {
	const {server, database} = load;
	const what = `The look at the database "${database}" at ${server.place}`;
	const [row] = isMissing ? [] : await server.query(`SELECT default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = ${sqlText(database)};`, what);
	try {
		await loadInto(load, database, false);
	} catch (error) {
		const undoing = server.uninterrupted();
		try {
			await drop(undoing, database);
			if (row) {
				await undoing.query(`CREATE DATABASE ${sqlName(database)} CHARACTER SET ${row[0]} COLLATE ${row[1]};`, `Making the database "${database}" again at ${server.place}`);
			}
		} catch (error_) {
			throw explain(error, `What had been loaded until then could not be removed either: ${errorText(error_)}`);
		}

		throw explain(error, `The database "${database}" is ${isMissing ? 'not there' : 'empty'}, as before.`);
	}
}

/** A name beside the database's that nobody has. */
function nameBeside({database, runtime}: Load): string {
	const suffix = `_coffer_${runtime.randomBytes(4).toString('hex')}`;
	return `${[...database].slice(0, maximumNameLength - suffix.length).join('')}${suffix}`;
}

/** Prove in a database beside that the dump can be loaded, then put it in the place of what is there; the one beside goes last. */
async function replace(load: Load): Promise<void> {
	const {server, database} = load;
	const undoing = server.uninterrupted();
	const beside = nameBeside(load);
	try {
		await loadInto(load, beside, true);
	} catch (error) {
		let left = '';
		try {
			await drop(undoing, beside);
		} catch (error_) {
			left = ` ${errorText(error_)}`;
		}

		throw explain(error, `The database "${database}" is as it was.${left}`);
	}

	try {
		await drop(server, database);
		await loadInto(load, database, false);
	} catch (error) {
		throw explain(error, `The dump was loaded into the database "${beside}" before, which is kept: it holds everything but the events. The database "${database}" is not whole; load again, and remove "${beside}" then.`);
	}

	await drop(undoing, beside);
}

/** Users and grants, as far as they can be had. @returns What could not. */
async function loadGlobals({server, dump}: Load): Promise<readonly string[]> {
	if (!dump.readGlobals) {
		return [];
	}

	const errors = await server.run(rewriteDump(dump.readGlobals(), {}), `Loading users and their privileges at ${server.place}`, {isForced: true});
	const lines = errors.split('\n').filter(line => line.startsWith('ERROR '));
	return lines.length === 0
		? []
		: [
			`${lines.length} ${lines.length === 1 ? 'statement' : 'statements'} about users and their privileges could not be carried out: ${lines.slice(0, shownWarnings).join(' / ')}`,
		];
}

/**
Load a dump into a database that is missing, empty, or to be replaced. What is to be replaced is touched only when the dump has been loaded beside it once; the server cannot move views, routines, triggers and events from one database to another.
@returns What the person should know.
@throws `target-unusable`, what `dump.read` throws, `aborted`
*/
export async function loadDump(load: Load): Promise<readonly string[]> {
	const {server, database, isReplacing} = load;
	const state = await readState(server, database);
	if (state && state.objects > 0) {
		if (!isReplacing) {
			throw new CofferError('target-unusable', `The database "${database}" at ${server.place} is not empty. Nothing was loaded.`);
		}

		await replace(load);
	} else {
		await loadFresh(load, state === undefined);
	}

	const notices = await loadGlobals(load);
	const definers = await findMissingDefiners(server, database);
	return definers.length === 0 ? notices : [...notices, `Views, triggers, routines or events of "${database}" run as accounts that the server does not have, and fail until it has them: ${definers.join(', ')}. Create them, or load the users of the snapshot.`];
}
