import {Buffer} from 'node:buffer';
import {backUpSource} from '../../source/engine/operations/back-up-source/back-up-source.ts';
import {loadDump} from '../../source/engine/operations/load-dump/load-dump.ts';
import type {LoadRequest, LoadSummary} from '../../source/engine/operations/load-dump/load-request.ts';
import type {RepositorySession, StoredSnapshot} from '../../source/engine/repository/repository.ts';
import type {PostgresSource} from '../../source/engine/sources/source.ts';
import type {TestPostgres} from '../services/postgres.ts';
import {createTestRepository, newestSnapshot} from './repository-session.ts';
import {createRealRuntime} from './system-runtime.ts';

/** A repository in memory that databases of test servers go into and come back from, as `coffer backup` and `coffer restore --into` do it. */
export class PostgresRepository {
	readonly session: RepositorySession;

	private constructor(session: RepositorySession) {
		this.session = session;
	}

	static async create(): Promise<PostgresRepository> {
		const {session} = await createTestRepository(createRealRuntime());
		return new PostgresRepository(session);
	}

	/** @returns The snapshot, and what the repository took for it in bytes. */
	async backUp(server: TestPostgres, source: Partial<PostgresSource> = {}): Promise<{readonly snapshot: StoredSnapshot; readonly storedBytes: number}> {
		const {storedBytes} = await backUpSource(this.session, {source: {kind: 'postgres', name: 'crm', url: {env: 'U'}, ...source}}, {readSecret: async () => Buffer.from(server.url())});
		return {snapshot: await newestSnapshot(this.session), storedBytes};
	}

	/** Load a snapshot, and compare checksums unless the request says otherwise. @param request.database - @default the name that it had */
	async load(server: TestPostgres, snapshot: StoredSnapshot, {database, ...request}: Partial<LoadRequest> & {readonly database?: string} = {}): Promise<LoadSummary> {
		const into = `postgresql://${server.user}@${server.host}:${server.port}${database === undefined ? '' : `/${encodeURIComponent(database)}`}`;
		return loadDump(this.session, {snapshot, into, password: {env: 'P'}, hasChecksums: true, ...request}, {readSecret: async () => Buffer.from(server.password)});
	}
}
