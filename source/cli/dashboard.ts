import {once} from 'node:events';
import path from 'node:path';
import process from 'node:process';
import {setFlagsFromString} from 'node:v8';
import {CofferError, Engine, findHostTrouble, readStateStamp, startEngine, wipeSecret, type Job, type Secret} from '../engine/index.ts';
import type {LogChannel} from '../logs/channel.ts';
import type {Connection, DashboardOptions, FirstRun, JobChange, LogWriter, ScheduleControl, SetUpChoice} from '../ui/index.tsx';
import {startAlertWatch, watched} from './alerts/start-watch.ts';
import {loadConfig, type LoadedConfig} from './config.ts';
import type {CommandContext} from './command-line.ts';
import {jobsOf} from './configured-jobs.ts';
import {changeJob} from './config-schedule.ts';
import {createScheduleControl} from './daemon/schedule-control.ts';
import {explainMissing, programName, repositoryUrl} from './connection.ts';
import {toSource} from './configured-source.ts';
import {findSources, whyNoSource} from './found-sources.ts';
import type {FoundSource} from './finding/found-source.ts';
import {noted} from './host-trail.ts';
import {findSecretPlace} from './secret-place.ts';
import {keyPolicyOf} from './key-settings.ts';
import {monitorPolicyOf} from './monitor-settings.ts';
import {readHostFacts} from './monitoring/host-facts.ts';
import {HostWatch} from './monitoring/host-watch.ts';
import {SecretKeeper} from './secret-keeper.ts';
import {namedKeyFile, namedSecretVariables} from './secrets.ts';
import {ConfigurationMissing, setUp, writeConfig, type SetUpRequest, type SetUpResult} from './set-up.ts';
import {retentionOf} from './retention-settings.ts';
import {configuredSources} from './source-requests.ts';
import {sourceSchema, type SourceInFile} from './source-schemas.ts';

/** Takes what is to be done once the dashboard has been left. */
type OnLeft = (action: () => void) => void;

/** Run the job that writes reports, switched on or off. @throws `usage` where there is none; what it said where it failed, as `state-failed` */
async function writeReport({start}: ScheduleControl, jobs: readonly Job[]): Promise<string> {
	const job = jobs.find(({kind}) => kind === 'report');
	if (job === undefined) {
		throw new CofferError('usage', 'No job of the schedule writes reports.');
	}

	const {code, line} = await start(job.name);
	if (code !== 0) {
		throw new CofferError('state-failed', line);
	}

	return line;
}

/** A repository that flags, environment or configuration name. */
function connect(context: CommandContext, config: LoadedConfig | undefined, url: string, {secrets, onLeft}: {readonly secrets: SecretKeeper; readonly onLeft: OnLeft}): Connection {
	const sources = configuredSources(config);
	const watch = config && startAlertWatch(context, config.file);
	const schedule = config && createScheduleControl(context, {configFile: config.file, typed: () => secrets.copyTyped()});
	for (const each of [watch, schedule]) {
		if (each) {
			onLeft(() => {
				each.leave();
			});
		}
	}

	const host = new HostWatch({
		now: () => context.runtime.now(),
		look: async newestSnapshot => findHostTrouble(await readHostFacts(context, config, {url, newestSnapshot}), monitorPolicyOf(config)),
		warn(message) {
			context.log.in('monitor').write('warn', message);
		},
	});
	let jobs = config ? jobsOf(config) : [];
	return {
		url,
		sources,
		startEngine(place, onEvent) {
			let secret: Secret | undefined;
			const engine = startEngine({
				place,
				repositoryUrl: url,
				stateFolder: context.paths.stateFolder,
				program: programName(),
				...(config?.threads !== undefined && {threads: config.threads}),
				...(config?.deltas !== undefined && {deltas: config.deltas}),
				keyPolicy: keyPolicyOf(config),
				monitorPolicy: monitorPolicyOf(config),
				origin: 'dashboard',
				sources: sources.map(({source: {name, kind}}) => ({name, kind})),
				jobs,
				async secret(slots) {
					secret = await secrets.find(slots);
					return secret;
				},
				onEvent,
				hiddenVariables: namedSecretVariables(config),
			});
			void engine.opened.catch(() => undefined).finally(() => {
				wipeSecret(secret);
			});
			const told = watch ? watched(engine, watch) : engine;
			return place === 'thread' ? host.watch(told) : told;
		},
		retention: retentionOf(config),
		...(schedule && {schedule: schedule.control, writeReport: async () => writeReport(schedule.control, jobs)}),
		...(config && {
			async changeJob(shown: Job, change: JobChange) {
				try {
					await noted(context, {operation: 'config-edit', objects: [config.file, `job ${shown.name}`]}, async () => changeJob(context, shown, change), 'dashboard');
				} finally {
					// Also what somebody else has changed is to be seen.
					const changed = await loadConfig(config.file, {isNamed: true}).catch(() => undefined);
					jobs = changed ? jobsOf(changed) : jobs;
					// Where it cannot be used the old one goes on, and the log says so.
					await schedule?.control.reload().catch(() => undefined);
				}
			},
		}),
		readStamp: async () => readStateStamp(context.paths.stateFolder),
		secretPlace: async () => findSecretPlace(context, config),
		forgetSecret() {
			secrets.forget();
		},
	};
}

/** What an earlier attempt has made, without a configuration. */
type Attempt = {made?: SetUpResult};

/** Make everything; where an earlier attempt has made all but the configuration, only that. */
async function makeOrFinish(context: CommandContext, earlier: Attempt, request: SetUpRequest): Promise<SetUpResult> {
	const {made} = earlier;
	if (made && made.repository === request.repository && made.keyFile === request.keyFile) {
		await writeConfig(context, made, {sources: [...request.sources]});
		return made;
	}

	try {
		return await setUp(context, request);
	} catch (error) {
		if (error instanceof ConfigurationMissing) {
			earlier.made = error.made;
		}

		throw error;
	}
}

async function create(context: CommandContext, choice: SetUpChoice, proposed: readonly SourceInFile[], {earlier, onLeft}: {readonly earlier: Attempt; readonly onLeft: OnLeft}): Promise<Connection> {
	const {repository, keyFile, sources} = choice;
	const chosen = sources.flatMap((source): SourceInFile[] => {
		const found = proposed.find(({name}) => name === source.name);
		return found ? [found] : (source.kind === 'files' ? [{name: source.name, kind: 'files', paths: [...source.paths]}] : []);
	});
	const made = await makeOrFinish(context, earlier, {isWithPassphrase: false, repository, keyFile, sources: chosen, warn(message) {
		context.log.write('warn', message);
	}});
	const config = await loadConfig(context.paths.configFile, {isNamed: true});
	return connect(context, config, made.repository, {secrets: new SecretKeeper(context, config), onLeft});
}

async function propose(context: CommandContext, extra: readonly SourceInFile[], onLeft: OnLeft): Promise<FirstRun> {
	const {paths, environment, runtime} = context;
	const earlier: Attempt = {};
	const found = await findSources({isRoot: process.geteuid?.() === 0, home: environment['HOME'], runtime, ownFolders: [paths.stateFolder, paths.defaultRepository]});
	const proposed = [...extra.map((source): FoundSource => ({source, isUsual: true})), ...found.filter(({source: {name}}) => extra.every(other => other.name !== name))];
	return {
		proposal: {
			repository: paths.defaultRepository,
			keyFile: namedKeyFile(context) ?? paths.defaultKeyFile,
			configFile: paths.configFile,
			sources: proposed.map(({source, isUsual, note}) => ({source: toSource(sourceSchema.parse(source), '/'), isMarked: isUsual, ...(note !== undefined && {note})})),
		},
		checkFolder: whyNoSource,
		create: async choice => create(context, choice, proposed.map(({source}) => source), {earlier, onLeft}),
	};
}

/** What the dashboard writes is seen at once where it shows the log. */
function writingAtOnce({log}: CommandContext, channel: LogChannel): LogWriter {
	const {write} = log.in(channel);
	return {write(level, message, facts) {
		write(level, message, facts);
		void log.flush();
	}};
}

function optionsOf(context: CommandContext, start: Connection | FirstRun, secrets: SecretKeeper | undefined): DashboardOptions {
	const {log, runtime, environment, signals, cwd, exit} = context;
	return {
		start, environment, signals, exit,
		host: runtime.identity.host,
		log: {folder: log.folder, ...writingAtOnce(context, 'backup'), in: channel => writingAtOnce(context, channel)},
		restoreFolder: path.join(cwd, 'coffer-restore'),
		stdin: context.stdin as NodeJS.ReadStream,
		stdout: context.stdout as NodeJS.WriteStream,
		hasColor: context.output.hasColor,
		onSuspendable(suspend) {
			if (secrets) {
				secrets.whileSuspended = suspend;
			}
		},
		onLeaving() {
			secrets?.stop();
		},
		onStopping() {
			context.output.warn('stopping what runs, safely… Ctrl-C ends at once.');
		},
		async stopProcess() {
			// Listened for before: the signal comes the moment that the process goes on.
			let hasContinued = false;
			const continued = (async () => {
				await once(process, 'SIGCONT');
				hasContinued = true;
			})();
			const stoppedMs = context.runtime.now();
			// All of the group, as the terminal itself would: npm and its shell stand before us after "npm start".
			process.kill(0, 'SIGTSTP');
			// The kernel stops no process of a group that no shell looks after (setpgid(2), orphaned): it goes on as if nothing had been.
			const giveUp = new AbortController();
			await Promise.race([continued, context.runtime.sleep(notStoppedMs, giveUp.signal).catch(() => undefined)]);
			giveUp.abort();
			// While it stood still nobody told it of a new size.
			process.kill(process.pid, 'SIGWINCH');
			return hasContinued || context.runtime.now() - stoppedMs > 2 * notStoppedMs;
		},
	};
}

/** A process that still runs so long after it was stopped was not, in milliseconds. */
const notStoppedMs = 300;

/** A screen makes little garbage at a time; left to itself V8 sets 32 MB aside for it. */
function keepYoungGenerationSmall(): void {
	setFlagsFromString('--semi-space-growth-factor=1');
}

/** With --no-color what draws would leave out bold and inverse, too, which show what is chosen and where one types; colours the theme leaves out by itself. It decides that once, when it is loaded. */
async function loadScreen({output}: CommandContext) {
	if (output.hasColor || process.env['FORCE_COLOR'] !== undefined) {
		return import('../ui/index.tsx');
	}

	process.env['FORCE_COLOR'] = '1';
	try {
		return await import('../ui/index.tsx');
	} finally {
		delete process.env['FORCE_COLOR'];
	}
}

async function showConnected(context: CommandContext, config: LoadedConfig | undefined, url: string, onLeft: OnLeft): Promise<number> {
	const {openDashboard} = await loadScreen(context);
	const secrets = new SecretKeeper(context, config);
	try {
		await secrets.prepare(async () => Engine.assertExists({repositoryUrl: url, runtime: context.runtime}));
		return await openDashboard(optionsOf(context, connect(context, config, url, {secrets, onLeft}), secrets));
	} catch (error) {
		throw await explainMissing(error, url);
	}
}

/**
Show the dashboard until somebody leaves it.
@param extraSources - Proposed at a first run besides what is found.
@returns The exit code.
@throws `repository-missing` where a configuration names none; what opening the repository throws, unless it may come back by itself
*/
export async function showDashboard(context: CommandContext, isFirstRun: boolean, extraSources: readonly SourceInFile[] = []): Promise<number> {
	keepYoungGenerationSmall();
	const config = await context.config();
	const leaving: Array<() => void> = [];
	const onLeft: OnLeft = action => {
		leaving.push(action);
	};

	try {
		if (isFirstRun) {
			const {openDashboard} = await loadScreen(context);
			return await openDashboard(optionsOf(context, await propose(context, extraSources, onLeft), undefined));
		}

		const url = repositoryUrl(context, config);
		if (url === undefined) {
			throw new CofferError('repository-missing', config === undefined
				? 'No repository is named. Name one with --repository.'
				: `No repository is named: the configuration ${config.file} has none. Name one there, or with --repository.`);
		}

		return await showConnected(context, config, url, onLeft);
	} finally {
		for (const leave of leaving) {
			leave();
		}
	}
}
