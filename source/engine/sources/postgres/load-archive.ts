import {Buffer} from 'node:buffer';
import {CofferError, errorText, throwIfAborted} from '../../errors.ts';
import {runProgram} from '../../programs/run-program.ts';
import type {Runtime} from '../../runtime.ts';
import {sizeText} from '../../size-text.ts';
import type {Dump} from '../databases/dump-target.ts';
import type {SourceContext} from '../source-stream.ts';
import {withAdvice} from './advice.ts';
import type {Archive} from './archive.ts';
import type {ArchiveList} from './archive-list.ts';
import type {ClientPrograms} from './client-programs.ts';
import {readDatabaseProperties, type DatabaseProperties} from './database-properties.ts';
import {hasDatabase} from './database-state.ts';
import {quoteIdentifier, quoteLiteral} from './identifier.ts';
import {prepareRoles} from './prepare-roles.ts';
import type {PostgresServer} from './server.ts';

/** What a dump is loaded with. */
export type LoadScene = {
	readonly server: PostgresServer;
	readonly clients: ClientPrograms;
	readonly context: SourceContext;
	readonly dump: Dump;
	readonly archive: Archive;
	readonly list: ArchiveList;
	/** Its new or old name. */
	readonly database: string;
	/** Another one, to work from. */
	readonly from: string;
};

/** Of globals, which hold roles alone. */
const maximumGlobalsBytes = 64 * 1024 * 1024;

async function readGlobals({readGlobals: read}: Dump): Promise<Buffer | undefined> {
	if (!read) {
		return undefined;
	}

	const pieces: Buffer[] = [];
	let bytes = 0;
	for await (const piece of read()) {
		bytes += piece.byteLength;
		if (bytes > maximumGlobalsBytes) {
			throw new CofferError('target-unusable', `The roles beside the dump take more than ${sizeText(maximumGlobalsBytes)}, which is more than can be meant.`);
		}

		pieces.push(Buffer.from(piece));
	}

	return Buffer.concat(pieces);
}

/** @throws `target-unusable` where the dump needs an extension that the server lacks */
async function requireExtensions({server, list, from}: LoadScene): Promise<void> {
	const needed = list.entries.map(({text}) => /^EXTENSION - (?<name>\S+)/.exec(text)?.groups?.['name']).filter(name => name !== undefined);
	const available = new Set(await server.query<string[]>(from, 'select json_agg(name) from pg_catalog.pg_available_extensions;'));
	const missing = needed.filter(name => !available.has(name));
	if (missing.length > 0) {
		throw new CofferError('target-unusable', `The dump needs ${missing.length === 1 ? 'the extension' : 'the extensions'} ${missing.map(name => `"${name}"`).join(', ')}, which ${server.connection.place} does not have. Install the package there (such as postgresql-contrib or postgis) and load again.`);
	}
}

/** Load a dump into a database that is there and empty: everything or nothing. */
async function fill({server, clients, context, dump}: LoadScene, database: string, hasOwners: boolean): Promise<void> {
	const call = server.callOf(clients, {
		program: 'pg_restore', database, what: `Loading the dump of "${dump.name}" into the database "${database}" on ${server.connection.place}`,
		arguments: ['--single-transaction', '--exit-on-error', '--no-tablespaces', ...(hasOwners ? [] : ['--no-owner', '--no-privileges'])],
	});
	try {
		await runProgram(call, context, {input: dump.read()});
	} catch (error) {
		throw withAdvice(error);
	}
}

async function create({server, from}: LoadScene, database: string, {creation}: DatabaseProperties): Promise<void> {
	await server.run(from, `create database ${quoteIdentifier(database)}${creation}`, `Creating the database "${database}" from`);
}

/** Put a new database in the place of another one, which goes. @returns Notices. */
async function exchange({server: interruptible, context: {signal}, from, database}: LoadScene, replacement: string, old: string): Promise<string[]> {
	throwIfAborted(signal);
	// From here on it is done to its end.
	const server = interruptible.unaborted();
	const [name, newName, oldName] = [database, replacement, old].map(text => quoteIdentifier(text));
	const notices: string[] = [];
	try {
		const ended = await server.run(from, `alter database ${name} allow_connections false;
			select count(pg_catalog.pg_terminate_backend(pid)) from pg_catalog.pg_stat_activity where datname = ${quoteLiteral(database)};
			begin; alter database ${name} rename to ${oldName}; alter database ${newName} rename to ${name}; commit;`, `Putting the new database in the place of "${database}" from`);
		if (Number(ended) > 0) {
			notices.push(`${ended} ${ended === '1' ? 'session that used' : 'sessions that used'} the old database "${database}" ${ended === '1' ? 'was' : 'were'} ended.`);
		}
	} catch (error) {
		await server.run(from, `alter database ${name} allow_connections true;`, `Opening "${database}" again from`).catch(() => undefined);
		throw error;
	}

	try {
		await server.run(from, `drop database ${oldName};`, `Dropping the old database "${old}" from`);
	} catch (error) {
		notices.push(`The old database is still there, as "${old}": ${errorText(error)}`);
	}

	return notices;
}

/** Remove a database that could not be loaded. Never fails. */
async function dropUnloaded({server, context: {log}, from}: LoadScene, name: string): Promise<void> {
	try {
		await server.unaborted().run(from, `drop database if exists ${quoteIdentifier(name)} with (force);`, `Dropping the database "${name}", which was not loaded, from`);
	} catch (error) {
		log(errorText(error));
	}
}

/** A name that no database has. */
function spareName(purpose: string, {randomBytes}: Pick<Runtime, 'randomBytes'>): string {
	return `coffer_${purpose}_${randomBytes(6).toString('hex')}`;
}

/**
Load a dump into a database: one that is missing is made as it was, with its encoding and locale; one that is empty is filled; one that is replaced stays as it is until a new one beside it has been loaded.
@returns What the person should know.
@throws `target-unusable`, after which the database is as it was; what the dump throws; `aborted`
*/
export async function loadArchive(scene: LoadScene, isReplacing: boolean): Promise<readonly string[]> {
	const {server, context: {runtime}, dump, archive, list, database, from} = scene;
	await requireExtensions(scene);
	const isThere = await hasDatabase(server, from, database);
	const name = isThere && isReplacing ? spareName('load', runtime) : database;
	const properties = await readDatabaseProperties(archive, list, name);
	const {hasOwners, notices} = await prepareRoles(server, from, {list, globals: await readGlobals(dump), grantees: properties.grantees});
	const isNew = !isThere || isReplacing;
	if (!isNew) {
		await fill(scene, database, hasOwners);
		return notices;
	}

	await create(scene, name, properties);
	try {
		await fill(scene, name, hasOwners);
		await server.run(from, [...properties.settings, ...(hasOwners ? properties.ownership : [])].join('\n'), `Setting the properties of the database "${name}" from`);
		return isThere ? [...notices, ...await exchange(scene, name, spareName('old', runtime))] : notices;
	} catch (error) {
		await dropUnloaded(scene, name);
		throw error;
	}
}
