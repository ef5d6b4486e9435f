import {lstat, readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import type {FoundSource} from './found-source.ts';

const postgresFolders = ['/run/postgresql', '/var/run/postgresql'];
const mysqlSockets = ['/run/mysqld/mysqld.sock', '/var/run/mysqld/mysqld.sock', '/var/lib/mysql/mysql.sock'];
const postgresSocket = /^\.s\.PGSQL\.(\d{1,5})$/;

/** Whose a socket is. @returns The number of the user; `undefined`: it is no socket */
async function ownerOf(file: string): Promise<number | undefined> {
	try {
		const status = await lstat(file);
		return status.isSocket() ? status.uid : undefined;
	} catch {
		return undefined;
	}
}

/** What the system calls a user: passwd(5). */
async function nameOf(uid: number, root: string): Promise<string> {
	try {
		const lines = (await readFile(path.join(root, '/etc/passwd'), 'utf8')).split('\n');
		const name = lines.map(line => line.split(':')).find(fields => fields[2] === String(uid))?.[0];
		return name || `user ${uid}`;
	} catch {
		return `user ${uid}`;
	}
}

const note = async (uid: number, root: string): Promise<string> => `the socket belongs to ${await nameOf(uid, root)}`;

async function findPostgres(root: string): Promise<FoundSource[]> {
	for (const folder of postgresFolders.map(known => path.join(root, known))) {
		const found: FoundSource[] = [];
		const names = await readdir(folder).catch(() => []);
		for (const name of names.toSorted((a, b) => a.localeCompare(b, 'en', {numeric: true}))) {
			const port = Number(postgresSocket.exec(name)?.[1] ?? 0);
			const owner = port > 0 && port <= 65_535 ? await ownerOf(path.join(folder, name)) : undefined;
			if (owner !== undefined) {
				found.push({isUsual: false, note: await note(owner, root), source: {kind: 'postgres', name: port === 5432 ? 'postgresql' : `postgresql-${port}`, host: folder, port}});
			}
		}

		if (found.length > 0) {
			return found;
		}
	}

	return [];
}

async function findMysql(root: string): Promise<FoundSource[]> {
	for (const socket of mysqlSockets.map(known => path.join(root, known))) {
		const owner = await ownerOf(socket);
		if (owner !== undefined) {
			return [{isUsual: false, note: await note(owner, root), source: {kind: 'mysql', name: 'mysql', socket}}];
		}
	}

	return [];
}

/** Database servers of this machine, as far as they listen where their packages have them listen. Nothing connects to them. */
export async function findDatabaseServers(root: string): Promise<FoundSource[]> {
	return [...await findPostgres(root), ...await findMysql(root)];
}
