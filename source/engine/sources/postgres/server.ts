import path from 'node:path';
import {Buffer} from 'node:buffer';
import type {ErrorCode} from '../../errors.ts';
import type {ProgramCall, ProgramContext} from '../../programs/program-call.ts';
import {runProgram} from '../../programs/run-program.ts';
import {onePiece} from '../pieces.ts';
import {withAdvice} from './advice.ts';
import type {ClientPrograms} from './client-programs.ts';
import type {PostgresConnection} from './connection.ts';

/** A run of one of PostgreSQL's programs for a database. */
export type ServerCall = {
	/** Its name. */
	readonly program: string;
	readonly database: string;
	/** Besides those that reach the database. */
	readonly arguments: readonly string[];
	/** For messages: `The dump of the database "crm"`. */
	readonly what: string;
};

/** A server: what it is asked, and how programs are called for it. */
export class PostgresServer {
	readonly connection: PostgresConnection;
	readonly #context: ProgramContext;
	readonly #psql: string;
	readonly #code: ErrorCode;

	/** @param psql - Absolute path. @param code - Of the errors. */
	constructor(connection: PostgresConnection, psql: string, code: ErrorCode, context: ProgramContext) {
		this.connection = connection;
		this.#psql = psql;
		this.#code = code;
		this.#context = context;
	}

	/** The same, for what has to be done also when all else was interrupted. */
	unaborted(): PostgresServer {
		const {runtime, log} = this.#context;
		return new PostgresServer(this.connection, this.#psql, this.#code, {runtime, log});
	}

	/**
	Ask for one value of JSON.
	@param sql - One query with one value.
	@throws the code of the errors; `aborted`
	*/
	async query<Value>(database: string, sql: string): Promise<Value> {
		return JSON.parse(await this.run(database, sql, 'Asking')) as Value;
	}

	/**
	Run statements, one after the other, until one fails.
	@param what - What that does, for messages: `Asking`, which goes on with the database and the server.
	@returns What they gave.
	@throws the code of the errors; `aborted`
	*/
	async run(database: string, sql: string, what: string): Promise<string> {
		const reach = this.connection.toReach(database);
		const call: ProgramCall = {
			...reach,
			program: this.#psql,
			arguments: ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1', '--file=-', ...reach.arguments],
			environment: {...reach.environment, PGCLIENTENCODING: 'utf8'},
			what: `${what} the database "${database}" on ${this.connection.place}`,
			failureCode: this.#code,
		};
		try {
			const {output} = await runProgram(call, this.#context, {input: onePiece(Buffer.from(sql))});
			return output.toString().trim();
		} catch (error) {
			throw withAdvice(error);
		}
	}

	/** A call of a program that works on a database. */
	callOf({folder}: ClientPrograms, {program, database, arguments: own, what}: ServerCall): ProgramCall {
		const reach = this.connection.toReach(database);
		return {...reach, program: path.join(folder, program), arguments: [...own, ...reach.arguments], what, failureCode: this.#code};
	}
}
