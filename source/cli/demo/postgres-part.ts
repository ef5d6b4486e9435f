import {Buffer} from 'node:buffer';
import {rm} from 'node:fs/promises';
import path from 'node:path';
import type {ProgramContext} from '../../engine/index.ts';
import {balancesQuery, openingStatements, transferOf, transfersQuery, transferStatements} from './accounts.ts';
import {checkAccounts} from './check-accounts.ts';
import type {DemoPart, DemoScene} from './demo-part.ts';
import {DemoServer, type ServerPrograms} from './postgres-server.ts';

const transfersOfADay = 200;

async function * lines(...statements: readonly string[]): AsyncGenerator<Uint8Array, void> {
	for (const statement of statements) {
		yield Buffer.from(`${statement};\n`);
	}
}

/** A PostgreSQL database that is written to while it is backed up, and loaded into another server afterwards. */
export function createPostgresPart({machine, restored, runtime, signal}: DemoScene, programs: ServerPrograms): DemoPart {
	const context: ProgramContext = {runtime, signal, log: () => undefined};
	const folder = path.join(machine, 'postgresql');
	let server: DemoServer | undefined;
	let fresh: DemoServer | undefined;
	/** Those that were handed over; the last may not have been written. */
	let transfers = 0;

	async function * work(count: number, until?: AbortSignal): AsyncGenerator<Uint8Array, void> {
		for (let done = 0; done < count && !until?.aborted; done++) {
			transfers++;
			yield Buffer.from(`${transferStatements(transferOf(transfers))}\n`);
			await runtime.yieldToEvents();
		}
	}

	return {
		name: 'crm-db',
		title: 'PostgreSQL database',
		async create() {
			server = await DemoServer.start(folder, programs, context);
			await server.run('postgres', lines('CREATE DATABASE crm'));
			await server.run('crm', lines(...openingStatements()));
		},
		source: () => ({name: 'crm-db', kind: 'postgres', databases: ['crm'], host: '127.0.0.1', port: server!.port, user: server!.user, passFile: server!.passFile, classification: 'confidential'}),
		async change() {
			await server!.run('crm', work(transfersOfADay));
		},
		async write(until) {
			await server!.run('crm', work(Number.POSITIVE_INFINITY, until));
		},
		async lose() {
			await server!.stop();
			await rm(folder, {recursive: true, force: true});
		},
		async restore(run) {
			fresh = await DemoServer.start(path.join(path.dirname(restored), 'new-server'), programs, context);
			await run(['restore', 'latest:crm-db', '--into', `postgresql://${fresh.user}@127.0.0.1:${fresh.port}/crm`, '--into-password-file', fresh.passwordFile, '--checksums']);
		},
		async compare() {
			const ask = async (query: string) => fresh!.run('crm', lines(query));
			return checkAccounts({tables: await ask('SELECT tablename FROM pg_tables WHERE schemaname = \'public\''), transfers: await ask(transfersQuery), balances: await ask(balancesQuery)}, transfers);
		},
		async close() {
			await server?.stop();
			await fresh?.stop();
		},
	};
}
