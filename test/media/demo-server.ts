import {existsSync, mkdirSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {pathToFileURL} from 'node:url';
import {createKeyFile, createRecoveryCode, createSystemRuntime, Engine, isCofferError, type Runtime} from '../../source/engine/index.ts';
import {createByteStream} from '../helpers/test-runtime.ts';
import {demoSources, writeDemoSource} from './demo-files.ts';
import {rememberJobs} from './demo-schedule.ts';
import {demoHost, demoUser} from './neutral-host.ts';

const dayMs = 24 * 60 * 60 * 1000;
const program = path.resolve(import.meta.dirname, '../../dist/cli.js');

/** Nights with a backup before the pictures are made. */
const nights = 14;
/** Of a key that is soon to be rotated. */
const keyAgeDays = 84;
/** Nights since the recovery key was last proven. */
const checkedNights = 12;
/** Nights since the last backup of this source: nobody started it. */
const late = {source: 'mail', nights: 3};
/** Nights since this source began to fail: its files are gone. */
const failing = {source: 'orders-db', nights: 2};

/** A small server with two weeks of backups, one source that is late and one that fails, in a folder of a neutral name. */
export class DemoServer {
	readonly folder: string;
	readonly environment: Readonly<Record<string, string>>;
	/** Starts coffer as the demonstration's user. */
	readonly command: readonly string[] = [process.execPath, program];

	private constructor(folder: string) {
		this.folder = folder;
		this.environment = {
			PATH: [this.path('bin'), '/usr/bin', '/bin'].join(':'),
			HOME: this.path('home/admin'),
			COFFER_CONFIG: this.path('etc/coffer/config.json'),
			COFFER_STATE_DIRECTORY: this.path('var/lib/coffer'),
			XDG_CACHE_HOME: path.resolve(import.meta.dirname, '../../node_modules/.cache/coffer-tests'),
			NODE_OPTIONS: `--import=${pathToFileURL(path.join(import.meta.dirname, 'neutral-host.ts')).href}`,
			LANG: 'C.UTF-8',
			TZ: 'UTC',
			COLORTERM: 'truecolor',
		};
	}

	/**
	@param folder - Absolute; must not exist, as it is removed again by `remove`.
	@throws When it exists.
	*/
	static async create(folder: string): Promise<DemoServer> {
		if (existsSync(folder)) {
			throw new Error(`${folder} exists: remove it, if it is left over from an earlier run`);
		}

		mkdirSync(folder, {mode: 0o755});
		const server = new DemoServer(folder);
		try {
			await server.#live();
			server.#writeSettings();
			return server;
		} catch (error) {
			server.remove();
			throw error;
		}
	}

	path(...parts: readonly string[]): string {
		return path.join(this.folder, ...parts);
	}

	remove(): void {
		rmSync(this.folder, {recursive: true, force: true});
	}

	get #repository(): string {
		return this.path('srv/backup');
	}

	get #keyFile(): string {
		return this.path('etc/coffer/key');
	}

	#writeSettings(): void {
		writeFileSync(this.environment['COFFER_CONFIG']!, `${JSON.stringify({
			repository: this.#repository,
			key: {file: this.#keyFile},
			retention: {last: 3, daily: 7},
			sources: demoSources.map(({name, folder}) => ({name, paths: [this.path(folder)], ...(name === 'etc' && {excludes: ['coffer/']})})),
		}, undefined, '\t')}\n`);
		mkdirSync(this.path('bin'));
		writeFileSync(this.path('bin/coffer'), `#!/bin/sh\nexec '${this.command.join('\' \'')}' "$@"\n`, {mode: 0o755});
		mkdirSync(this.path('home/admin'), {recursive: true});
	}

	/** Everything that happened before today: each night a backup, and last night a verification. */
	async #live(): Promise<void> {
		const system = createSystemRuntime();
		const nowMs = system.now();
		// 02:00, and late enough for what happened in the morning.
		const lastNightMs = Math.floor((nowMs - 3 * 60 * 60 * 1000) / dayMs) * dayMs + 2 * 60 * 60 * 1000;
		let timeMs = lastNightMs - keyAgeDays * dayMs;
		let startMs = system.monotonicMs();
		const setClock = (newMs: number) => {
			timeMs = newMs;
			startMs = system.monotonicMs();
		};

		const runtime: Runtime = {
			...system, now: () => Math.floor(timeMs + system.monotonicMs() - startMs), randomBytes: createByteStream('demo'), user: demoUser, identity: {...system.identity, host: demoHost},
		};
		mkdirSync(path.dirname(this.#keyFile), {recursive: true, mode: 0o700});
		mkdirSync(this.path('srv'), {recursive: true});
		const engine = await Engine.create({
			repositoryUrl: this.#repository,
			stateFolder: this.environment['COFFER_STATE_DIRECTORY']!,
			runtime,
			label: `${demoUser}@${demoHost}`,
			secret: async slotId => {
				const keyFile = {slotId, key: runtime.randomBytes(32)};
				await createKeyFile(this.#keyFile, keyFile);
				return {keyFile};
			},
		});
		try {
			const code = createRecoveryCode(runtime);
			mkdirSync(this.path('media/stick'), {recursive: true});
			await engine.keys.export({file: this.path('media/stick/recovery.key'), secret: {passphrase: code}});
			for (let night = nights; night >= 0; night--) {
				for (const [index, source] of demoSources.entries()) {
					setClock(lastNightMs - night * dayMs + (index + 1) * 40_000);
					const isGone = source.name === failing.source && night < failing.nights;
					if (isGone) {
						this.#takeAway(source.folder);
					} else {
						writeDemoSource(this.folder, source, night === nights ? 'begin' : {day: nights - night}, timeMs - 3 * 60 * 60 * 1000);
					}

					if (source.name !== late.source || night >= late.nights) {
						await this.#backUp(engine, source, isGone);
					}
				}

				if (night === checkedNights) {
					await engine.keys.check({secret: {passphrase: code}});
				}

				// As a monitor does every morning: alerts have the age of what they are about.
				setClock(lastNightMs - night * dayMs + 20 * 60 * 1000);
				await engine.overview(demoSources.map(({name}) => ({name, kind: 'files'})));
			}

			setClock(lastNightMs + 40 * 60 * 1000);
			await engine.verify({readData: 'all'});
			for (const source of demoSources) {
				writeDemoSource(this.folder, source, 'today', nowMs - 60 * 60 * 1000);
			}
		} finally {
			await engine.close();
		}

		rememberJobs({stateFolder: this.environment['COFFER_STATE_DIRECTORY']!, url: this.#repository}, runtime, {nowMs, failedSinceMs: lastNightMs - failing.nights * dayMs + 1});
	}

	#takeAway(folder: string): void {
		if (existsSync(this.path(folder))) {
			renameSync(this.path(folder), this.path(`${folder}.old`));
		}
	}

	async #backUp(engine: Engine, {name, folder}: {readonly name: string; readonly folder: string}, isExpectedToFail: boolean): Promise<void> {
		try {
			const excludes = name === 'etc' ? {excludes: ['coffer/']} : {};
			await engine.backup({source: {kind: 'files', name, paths: [this.path(folder)], ...excludes}, class: 'daily'});
		} catch (error) {
			if (!(isExpectedToFail && isCofferError(error, 'source-missing'))) {
				throw error;
			}
		}
	}
}
