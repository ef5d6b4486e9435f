import {readdirSync} from 'node:fs';
import path from 'node:path';
import {CofferError, type ErrorCode} from '../../errors.ts';
import {findProgram} from '../../programs/find-program.ts';
import type {ProgramContext} from '../../programs/program-call.ts';
import {runProgram} from '../../programs/run-program.ts';
import type {Runtime} from '../../runtime.ts';

/** PostgreSQL's programs of one version. */
export type ClientPrograms = {
	/** Absolute. */
	readonly folder: string;
	readonly major: number;
	/** Such as `15.18`. */
	readonly version: string;
};

function list(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

/** Where the packages of Debian and of PostgreSQL itself put the programs of each version, the newest version first; then where every program is looked for. */
export function usualClientFolders(runtime: Pick<Runtime, 'environment'>): string[] {
	const debian = list('/usr/lib/postgresql').map(name => ({version: Number(name), folder: `/usr/lib/postgresql/${name}/bin`}));
	const redHat = list('/usr').filter(name => name.startsWith('pgsql-')).map(name => ({version: Number(name.slice(6)), folder: `/usr/${name}/bin`}));
	const ofVersions = [...debian, ...redHat].filter(({version}) => version > 0).toSorted((a, b) => b.version - a.version).map(({folder}) => folder);
	const others = ['psql', 'pg_dump'].map(name => findProgram([name], runtime)).filter(program => program !== undefined).map(program => path.dirname(program));
	return [...new Set([...ofVersions, ...others])];
}

/** Looks for PostgreSQL's programs on this machine. */
export class ClientFinder {
	readonly #context: ProgramContext;
	readonly #folders: readonly string[];
	readonly #code: ErrorCode;
	#found: Promise<readonly ClientPrograms[]> | undefined;

	/** @param folders - Looked into, the first that has a program for `psql`. @param code - Of the errors. */
	constructor(context: ProgramContext, folders: readonly string[], code: ErrorCode) {
		this.#context = context;
		this.#folders = folders;
		this.#code = code;
	}

	/** The newest `psql`, which can ask servers of every version. @throws the code of the errors */
	findPsql(): string {
		const found = findProgram(this.#folders.map(folder => path.join(folder, 'psql')), this.#context.runtime);
		if (found === undefined) {
			throw new CofferError(this.#code, 'PostgreSQL\'s programs are not on this machine: psql, pg_dump, pg_restore. Install the package postgresql-client.');
		}

		return found;
	}

	/**
	The programs to dump a server with, or to load a dump into it: those of its own version, as older programs can then read the dump; else of the next newer one.
	@param major - Of the server, or of the program that made the dump, whichever is newer.
	@param about - What has this version, for messages: `The server`.
	@throws the code of the errors, where they are older
	*/
	async find(major: number, about: string): Promise<ClientPrograms> {
		const clients = await this.#list();
		const fit = clients.filter(client => client.major >= major).toSorted((a, b) => a.major - b.major)[0];
		if (fit) {
			return fit;
		}

		const newest = clients[0];
		const there = newest ? `the newest programs here are of version ${newest.version} (${newest.folder}), and older programs cannot be used` : 'its programs are not on this machine';
		throw new CofferError(this.#code, `${about} is PostgreSQL ${major}; ${there}. Install the package postgresql-client-${major}.`);
	}

	/** The newest programs, which read dumps of all versions. @throws the code of the errors, where there are none */
	async newest(): Promise<ClientPrograms> {
		return (await this.#list())[0] ?? this.find(0, 'The server');
	}

	/** All versions, the newest first. */
	async #list(): Promise<readonly ClientPrograms[]> {
		this.#found ??= this.#look();
		return this.#found;
	}

	async #look(): Promise<ClientPrograms[]> {
		const clients: ClientPrograms[] = [];
		for (const folder of this.#folders) {
			const programs = ['pg_dump', 'pg_dumpall', 'pg_restore'].map(name => findProgram([path.join(folder, name)], this.#context.runtime));
			if (programs.includes(undefined)) {
				continue;
			}

			const version = await this.#versionOf(programs[0]!);
			clients.push({folder, version, major: Number(/^\d+/.exec(version)![0])});
		}

		return clients.toSorted((a, b) => b.major - a.major);
	}

	async #versionOf(program: string): Promise<string> {
		const {output} = await runProgram({program, arguments: ['--version'], what: `Asking ${program} for its version`, failureCode: this.#code}, this.#context);
		const version = /\(PostgreSQL\) (\d\S*)/.exec(output.toString())?.[1];
		if (version === undefined) {
			throw new CofferError(this.#code, `${program} does not tell its version. Install the package postgresql-client.`);
		}

		return version;
	}
}
