import type {OpenStream, SourceContext, SourceStream} from './source-stream.ts';
import type {StreamSource} from './source.ts';

type Openers = {readonly [Kind in StreamSource['kind']]: () => Promise<OpenStream<Extract<StreamSource, {kind: Kind}>>>};

/** One module a kind, loaded only where it is needed. */
const openers: Openers = {
	git: async () => import('./git/open-git.ts').then(module => module.openGit),
	postgres: async () => import('./postgres/open-postgres.ts').then(module => module.openPostgres),
	mysql: async () => import('./mysql/open-mysql.ts').then(module => module.openMysql),
	sqlite: async () => import('./sqlite/open-sqlite.ts').then(module => module.openSqlite),
	command: async () => import('./command/open-command.ts').then(module => module.openCommand),
};

/** Look at a source and get ready to read it. @throws `source-missing`, `source-failed`, before anything is read; `aborted` */
export async function openStream(source: StreamSource, context: SourceContext): Promise<SourceStream> {
	const open = await openers[source.kind]() as OpenStream<StreamSource>;
	return open(source, context);
}
