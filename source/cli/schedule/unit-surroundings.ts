import path from 'node:path';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import type {SecretReference} from '../config-schema.ts';
import {repositoryUrl} from '../connection.ts';
import {resolvePaths} from '../paths.ts';
import {locateKey} from '../secrets.ts';

/** What a unit has to leave open to its job. All paths absolute. */
export type UnitSurroundings = {
	/** Whether they are units of the system, not of one user. */
	readonly isSystem: boolean;
	/** Programs of others look into it for their settings. */
	readonly home: string;
	/** A path or another URL; `undefined` where none is named. */
	readonly repository: string | undefined;
	readonly stateFolder: string;
	/** Whether systemd has the same folder for it: StateDirectory=coffer. */
	readonly isStateUsual: boolean;
	/** The key file, where the key is one and not what a program or a variable gives. */
	readonly keyFile: string | undefined;
	/** Reading a SQLite database in WAL mode writes beside it. */
	readonly databaseFolders: readonly string[];
	/** Whether anything that a job reads lies in /tmp or /var/tmp. */
	readonly usesTemporaryFolders: boolean;
	/** Whether key or passphrase come from a program of the administrator's. */
	readonly hasSecretPrograms: boolean;
	/** Whether a backup runs programs of the administrator's: hooks and commands. */
	readonly hasBackupPrograms: boolean;
};

const temporaryFolders = ['/tmp', '/var/tmp'];

/** Whether one of the two paths is the other, or lies below it. */
function areNested(one: string, other: string): boolean {
	const isBelow = (inner: string, outer: string) => `${inner}/`.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
	return isBelow(one, other) || isBelow(other, one);
}

const isProgram = (reference: SecretReference | undefined): boolean => reference !== undefined && 'command' in reference;

/** Settings of sources that are a path, or may be one: PostgreSQL takes the folder of a socket for a host. */
const placeKeys = ['host', 'socket', 'serviceFile', 'passFile', 'defaultsFile', 'workingFolder'] as const;
type SourceSettings = {readonly paths?: readonly string[]; readonly url?: SecretReference | undefined} & Readonly<Partial<Record<typeof placeKeys[number], string | undefined>>>;

/** Every path that a configuration names, absolute. */
function namedPaths(config: LoadedConfig | undefined): string[] {
	const secrets = [config?.key, config?.passphrase].flatMap(reference => reference && 'file' in reference ? [reference.file] : []);
	const ofSources = (config?.sources ?? []).flatMap((source: SourceSettings) => [
		...(source.paths ?? []),
		...placeKeys.map(key => source[key]).filter(value => value?.includes('/')),
		...(source.url && 'file' in source.url ? [source.url.file] : []),
	]);
	return [...secrets, ...ofSources].map((named = '') => path.resolve(config?.folder ?? '/', named));
}

/** What the units of this configuration have to leave open. */
export async function describeUnitSurroundings(context: CommandContext, config: LoadedConfig | undefined, isSystem: boolean): Promise<UnitSurroundings> {
	const {environment, paths, cwd, isRoot, starterPlaces: {home}} = context;
	const key = await locateKey(context, config);
	const repository = repositoryUrl(context, config);
	const keyFile = key?.kind === 'file' ? key.file : undefined;
	const passphraseFile = environment['COFFER_PASSPHRASE_FILE'];
	const ofRuns = [home, paths.configFile, paths.stateFolder, keyFile, passphraseFile && path.resolve(cwd, passphraseFile), repository];
	const used = [...namedPaths(config), ...ofRuns.filter(one => one?.startsWith('/')) as string[]];
	const sources = config?.sources ?? [];
	return {
		isSystem,
		home,
		repository,
		stateFolder: paths.stateFolder,
		isStateUsual: isRoot && paths.stateFolder === resolvePaths({environment: {}, isRoot, cwd: '/'}).stateFolder,
		keyFile,
		databaseFolders: [...new Set(sources.flatMap(source => source.kind === 'sqlite' ? source.paths.map(file => path.dirname(path.resolve(config!.folder, file))) : []))],
		usesTemporaryFolders: used.some(one => temporaryFolders.some(folder => areNested(one, folder))),
		hasSecretPrograms: isProgram(config?.key) || isProgram(config?.passphrase),
		hasBackupPrograms: sources.some(source => source.before !== undefined || source.after !== undefined || source.kind === 'command' || ('url' in source && isProgram(source.url))),
	};
}
