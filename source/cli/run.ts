import process from 'node:process';
import {createSystemRuntime, errorText, isCofferError} from '../engine/index.ts';
import {readVersion} from '../version.ts';
import {parseArguments, type Arguments} from './arguments.ts';
import type {CommandContext, CommandLineContext} from './command-line.ts';
import {commands} from './command-table.ts';
import {loadConfig, type LoadedConfig} from './config.ts';
import {DescriptorSecrets} from './descriptor-secrets.ts';
import {exitCodeOf} from './exit-codes.ts';
import {Log} from './log.ts';
import {logSettingsOf} from './log-settings.ts';
import {Output} from './output.ts';
import {resolvePaths} from './paths.ts';
import {findStarterPlaces} from './schedule/starter-places.ts';
import {withInterruption} from './signals.ts';

export {keepMemoryPrivate} from '../engine/index.ts';
export {giveWay} from './give-way.ts';
export type {CommandLineContext} from './command-line.ts';

const isTerminal = (stream: NodeJS.ReadableStream | NodeJS.WritableStream): boolean => (stream as {isTTY?: boolean}).isTTY === true;

/** An output for errors in the command line itself: what was asked for is seen by plain words. */
function createOutput({argv, environment, stdout, stderr}: CommandLineContext, flags?: Arguments): Output {
	const end = argv.indexOf('--');
	const typed = end === -1 ? argv : argv.slice(0, end);
	const has = (flag: string) => flags?.isSet(flag) ?? typed.includes(`--${flag}`);
	const isPlainTerminal = environment['TERM'] === 'dumb' || Boolean(environment['NO_COLOR']) || has('headless') || flags?.choice('color') === false;
	return new Output({stdout, stderr, isJson: has('json'), isQuiet: has('quiet'), isVerbose: has('verbose'), hasColor: !isPlainTerminal && isTerminal(stdout)});
}

/** The working directory. Where it was removed, the name by which the kernel still knows it: absolute paths work, and relative ones are found missing. */
function workingFolder(): string {
	try {
		return process.cwd();
	} catch {
		return '/proc/self/cwd';
	}
}

/** Whether the command makes a configuration where there is none. */
const isMakingConfig = ({command, input}: Arguments): boolean => command === 'init' || (command === 'key' && input[0] === 'import');

/** With what is kept until it has ended. */
type StartedCommandLine = CommandLineContext & Pick<CommandContext, 'descriptors' | 'runtime'> & {
	/** The id of this run in the logs. */
	readonly runId: string;
};

/** What the program was called with, for the logs: the command, with what it is to do where it can do several things. */
function commandName({command, input}: Arguments): string {
	if (command === undefined) {
		return 'coffer';
	}

	const [does] = input;
	return does !== undefined && commands[command]!.usage.split(' ', 1)[0]!.split('|').includes(does) ? `${command} ${does}` : command;
}

function createContext(commandLine: StartedCommandLine, flags: Arguments, output: Output): CommandContext {
	const {environment, stdin, stdout, stderr, runtime, runId} = commandLine;
	const cwd = commandLine.cwd ?? workingFolder();
	const isRoot = commandLine.isRoot ?? process.geteuid?.() === 0;
	const paths = resolvePaths({environment, configFlag: flags.text('config'), isRoot, cwd});
	const isHeadless = flags.isSet('headless') || flags.isSet('plain') || environment['TERM'] === 'dumb';
	let config: Promise<LoadedConfig | undefined> | undefined;
	const readConfig = async () => {
		config ??= loadConfig(paths.configFile, {isNamed: paths.isConfigNamed && !isMakingConfig(flags)});
		return config;
	};

	return {
		arguments: flags,
		environment,
		cwd,
		stdin,
		stdout,
		stderr,
		signals: commandLine.signals ?? process,
		exit: commandLine.exit ?? (() => undefined),
		giveWay: commandLine.giveWay ?? (() => undefined),
		output,
		paths,
		runtime,
		isRoot,
		starterPlaces: commandLine.starterPlaces ?? findStarterPlaces(),
		descriptors: commandLine.descriptors,
		log: new Log(paths.stateFolder, {
			isVerbose: flags.isSet('verbose'), runtime, run: runId, command: commandName(flags),
			settings: async () => readConfig().then(logSettingsOf).catch(() => undefined),
		}),
		isInteractive: isTerminal(stdin) && isTerminal(stderr) && !flags.isSet('headless'),
		hasScreen: isTerminal(stdin) && isTerminal(stdout) && !isHeadless && !output.isJson && !output.isQuiet,
		hasProgressBar: isTerminal(stderr) && isTerminal(stdout) && !isHeadless && !output.isJson && !output.isQuiet,
		config: readConfig,
		interruptible: async action => withInterruption(action, {
			signals: commandLine.signals ?? process,
			exit: commandLine.exit ?? (() => undefined),
			output,
		}),
		async runCommand(name, argv) {
			const globals = commandLine.argv.filter(token => token !== '--embedded-default');
			return runParsed(commandLine, parseArguments([...globals, name, ...argv]), output);
		},
	};
}

async function runParsed(commandLine: StartedCommandLine, flags: Arguments, output: Output): Promise<number> {
	if (flags.isSet('version')) {
		output.print(readVersion());
		output.value({version: readVersion()});
		return 0;
	}

	if (flags.isSet('help')) {
		const {helpText} = await import('./help.ts');
		output.printText(helpText(flags.command));
		output.value({help: helpText(flags.command)});
		return 0;
	}

	const context = createContext(commandLine, flags, output);
	const {onWarning} = output;
	output.onWarning = text => {
		context.log.write('warn', text);
	};

	try {
		const execute = flags.command === undefined ? (await import('./commands/default.ts')).runDefault : await commands[flags.command]!.load();
		return await execute(context);
	} catch (error) {
		output.clearOverlay();
		const isForeseen = isCofferError(error);
		const stack = !isForeseen || context.log.isVerbose ? {stack: error instanceof Error ? error.stack : undefined} : {};
		context.log.write('error', errorText(error), {code: isForeseen ? error.code : 'internal', ...stack});
		output.error(error);
		return exitCodeOf(error);
	} finally {
		output.onWarning = onWarning;
		await context.log.close();
		const {problem} = context.log;
		if (problem !== undefined && !output.isQuiet) {
			output.tell(`the log ${problem.file} could not be written: ${problem.reason}`);
		}
	}
}

/**
Run one command line and return its exit code. Never exits the process itself, except at a second signal.
*/
export async function run(commandLine: CommandLineContext): Promise<number> {
	const descriptors = new DescriptorSecrets();
	const runtime = commandLine.runtime ?? createSystemRuntime({environment: commandLine.environment});
	let output = createOutput(commandLine);
	let code: number;
	try {
		const flags = parseArguments(commandLine.argv);
		output = createOutput(commandLine, flags);
		code = await runParsed({...commandLine, descriptors, runtime, runId: runtime.randomBytes(4).toString('hex')}, flags, output);
	} catch (error) {
		output.error(error);
		code = exitCodeOf(error);
	} finally {
		await descriptors.wipe();
	}

	try {
		await output.flush();
	} catch (error) {
		output.error(error);
		return code === 0 ? 1 : code;
	}

	return code;
}
