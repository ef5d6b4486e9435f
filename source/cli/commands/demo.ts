import {mkdtemp, mkdir, readFile, realpath, rm, writeFile, chmod} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {throwIfAborted, type ProgramContext} from '../../engine/index.ts';
import {formatAmount, formatDuration} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {runCoffer} from '../demo/coffer-process.ts';
import type {DemoCheck, DemoPart, DemoScene} from '../demo/demo-part.ts';
import {createFilesPart} from '../demo/files-part.ts';
import {createGitPart, requireGit} from '../demo/git-part.ts';
import {createPostgresPart} from '../demo/postgres-part.ts';
import {findServer} from '../demo/postgres-server.ts';
import {createSqlitePart} from '../demo/sqlite-part.ts';

type Stage = {
	readonly context: CommandContext;
	readonly scene: DemoScene;
	readonly parts: readonly DemoPart[];
	/** Of the host that makes the backups. */
	readonly home: string;
	readonly repository: string;
	/** Where the key is kept, away from the machine. */
	readonly safe: string;
};

type Result = {readonly part: DemoPart; readonly checks: readonly DemoCheck[]};

const configFileOf = (home: string): string => path.join(home, '.config', 'coffer', 'config.json');

/** Show a command, run it, and show what it says. */
async function act({context: {output, runtime}, scene: {signal}}: Stage, home: string, argv: readonly string[]): Promise<void> {
	output.note();
	output.note(`$ coffer ${argv.join(' ')}`);
	const programs: ProgramContext = {runtime, signal, log(message) {
		output.note(`  ${message}`);
	}};
	for (const line of await runCoffer(argv, home, programs)) {
		output.note(`  ${line}`);
	}
}

async function chooseParts(scene: DemoScene, note: (text: string) => void): Promise<DemoPart[]> {
	const git = requireGit(scene);
	const server = await findServer({...scene, log: () => undefined});
	if ('lack' in server) {
		note(`Without a PostgreSQL database: ${server.lack}.`);
	}

	return [createGitPart(scene, git), createFilesPart(scene), createSqlitePart(scene), ...('lack' in server ? [] : [createPostgresPart(scene, server)])];
}

/** Write to everything that is written to, while something else is done. */
async function whileWriting(parts: readonly DemoPart[], action: () => Promise<void>): Promise<void> {
	const done = new AbortController();
	const writers = Promise.all(parts.map(async part => part.write?.(done.signal)));
	// It is waited for below: until then nobody listens.
	writers.catch(() => undefined);
	try {
		await action();
	} finally {
		done.abort();
		await writers;
	}
}

/** The application, its first backup, a day's work, and the backup after it. */
async function live(stage: Stage): Promise<void> {
	const {context: {output}, parts, home, repository} = stage;
	for (const part of parts) {
		await part.create();
		output.note(`  ${part.title}`);
	}

	await act(stage, home, ['init', '--repository', repository]);
	const file = configFileOf(home);
	const config = JSON.parse(await readFile(file, 'utf8')) as object;
	await writeFile(file, JSON.stringify({...config, sources: parts.map(part => part.source())}, undefined, '\t'));
	output.note();
	output.note('Backed up while programs write to the databases:');
	await whileWriting(parts, async () => act(stage, home, ['backup']));
	output.note();
	output.note('A day later, after some work, again:');
	for (const part of parts) {
		await part.change();
	}

	await whileWriting(parts, async () => act(stage, home, ['backup']));
}

/** Only repository and key are left; a new host brings everything back from them. */
async function loseAndRestore(stage: Stage): Promise<Result[]> {
	const {context: {output}, scene, parts, home, safe, repository} = stage;
	await mkdir(safe, {recursive: true, mode: 0o700});
	const key = path.join(safe, 'key');
	await writeFile(key, await readFile(path.join(path.dirname(configFileOf(home)), 'key')), {mode: 0o600});
	for (const part of parts) {
		await part.lose();
	}

	await rm(scene.machine, {recursive: true, force: true});
	await rm(home, {recursive: true, force: true});
	output.note();
	output.note('The machine is lost: data, servers, configuration, and what coffer knew on it. Left are the repository and the key file. On a new host:');
	await mkdir(scene.restored, {mode: 0o700});
	const newHome = path.join(path.dirname(home), 'new-home');
	await mkdir(newHome, {mode: 0o700});
	const named = ['--repository', repository, '--key-file', key];
	await act(stage, newHome, ['snapshots', ...named]);
	await act(stage, newHome, ['verify', '--read-data', ...named]);
	const results: Result[] = [];
	for (const part of parts) {
		await part.restore(async argv => act(stage, newHome, [...argv, ...named]));
		results.push({part, checks: await part.compare()});
	}

	return results;
}

/** @returns Whether everything is the same. */
async function hasSucceeded({output}: CommandContext, results: readonly Result[], durationMs: number): Promise<boolean> {
	const rows = results.flatMap(({part, checks}) => checks.map(({what, expected, found}) => ({name: part.name, kind: part.title, what, expected, found, isSame: expected === found})));
	const isSame = rows.every(row => row.isSame);
	output.value({parts: rows, isSame, durationMs});
	output.note();
	if (!output.isJson) {
		await output.table(['SOURCE', 'WHAT', 'BEFORE', 'CAME BACK', ''], rows.map(({name, what, expected, found, isSame: same}) => [name, what, expected, found, same ? 'same' : 'DIFFERENT']));
	}

	output.print(isSame
		? `All ${formatAmount(results.length, 'source')} came back as they were, from the repository and the key alone; ${formatDuration(durationMs)}.`
		: 'Not everything came back as it was. Please report it, with what is shown above.');
	return isSame;
}

/** `coffer demo`: a small application is made, backed up under load, lost, and brought back from repository and key alone. All of it lies in one temporary folder, which goes in the end. */
export async function demo(context: CommandContext): Promise<number> {
	const {output, runtime} = context;
	const startMs = runtime.monotonicMs();
	const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'coffer-demo-')));
	return context.interruptible(async signal => {
		const scene: DemoScene = {machine: path.join(folder, 'machine'), restored: path.join(folder, 'restored'), runtime, signal};
		let parts: readonly DemoPart[] = [];
		try {
			// A server that runs as another user has to reach its own folder.
			await mkdir(scene.machine);
			await chmod(folder, 0o711);
			await chmod(scene.machine, 0o711);
			output.note(`A small CRM, made up in ${folder}, of what is installed here:`);
			parts = await chooseParts(scene, text => {
				output.note(`  ${text}`);
			});
			const home = path.join(folder, 'home');
			await mkdir(home, {mode: 0o700});
			const stage: Stage = {context, scene, parts, home, repository: path.join(folder, 'repository'), safe: path.join(folder, 'safe')};
			await live(stage);
			throwIfAborted(signal);
			const results = await loseAndRestore(stage);
			return await hasSucceeded(context, results, runtime.monotonicMs() - startMs) ? 0 : 1;
		} finally {
			await Promise.all(parts.map(async part => part.close()));
			await rm(folder, {recursive: true, force: true});
			output.note(`${folder} was removed.`);
		}
	});
}
