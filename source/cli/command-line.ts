import type {EventEmitter} from 'node:events';
import type {Job, Runtime} from '../engine/index.ts';
import type {Arguments} from './arguments.ts';
import type {LoadedConfig} from './config.ts';
import type {DescriptorSecrets} from './descriptor-secrets.ts';
import type {Log} from './log.ts';
import type {Output} from './output.ts';
import type {Paths} from './paths.ts';
import type {StarterPlaces} from './schedule/starter-places.ts';

/** How the process stands behind others. */
export type Priority = Pick<Job, 'niceness' | 'ioPriority'>;

/** What the process gives the command line; tests give their own. */
export type CommandLineContext = {
	/** The arguments after the program's name. */
	readonly argv: readonly string[];
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly stdin: NodeJS.ReadableStream;
	readonly stdout: NodeJS.WritableStream;
	readonly stderr: NodeJS.WritableStream;
	/** Where relative paths begin. @default the working directory */
	readonly cwd?: string;
	/** Emits SIGINT, SIGTERM and SIGHUP. @default the process */
	readonly signals?: EventEmitter;
	/** Ends the process at once: at the second signal. @default none, so that the first signal must do */
	readonly exit?: (code: number) => void;
	/** Lets other processes go first from now on. @default nothing does */
	readonly giveWay?: (priority: Priority) => void;
	/** @default createSystemRuntime() */
	readonly runtime?: Runtime;
	/** Whether the process may do everything. @default by the effective user id */
	readonly isRoot?: boolean;
	/** Where this machine keeps what starts programs. @default findStarterPlaces() */
	readonly starterPlaces?: StarterPlaces;
};

/** What a command works with. */
export type CommandContext = {
	readonly arguments: Arguments;
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly cwd: string;
	readonly stdin: NodeJS.ReadableStream;
	readonly stdout: NodeJS.WritableStream;
	readonly stderr: NodeJS.WritableStream;
	/** Emits SIGINT, SIGTERM and SIGHUP. */
	readonly signals: EventEmitter;
	/** Ends the process at once. */
	readonly exit: (code: number) => void;
	/** Lets other processes go first from now on. */
	readonly giveWay: (priority: Priority) => void;
	/** So much is sent to the storage a second, at most. @default what a flag says, else no limit */
	readonly bytesPerSecond?: number;
	readonly output: Output;
	readonly paths: Paths;
	readonly runtime: Runtime;
	readonly log: Log;
	/** Whether the process may do everything. */
	readonly isRoot: boolean;
	readonly starterPlaces: StarterPlaces;
	/** What was read from open descriptors. */
	readonly descriptors: DescriptorSecrets;
	/** Whether somebody sits at a terminal who may be asked. */
	readonly isInteractive: boolean;
	/** Whether the dashboard may be shown: a terminal at both ends, and nobody has asked for plain text. */
	readonly hasScreen: boolean;
	/** Whether a progress bar may be drawn on stderr. */
	readonly hasProgressBar: boolean;
	/** The configuration, read once; `undefined` where there is none and none was named. @throws `configuration-invalid` */
	config(): Promise<LoadedConfig | undefined>;
	/** Run something that a signal interrupts by way of the `AbortSignal`. */
	interruptible<Result>(action: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
	/** Run a command from where none was named, with the same global flags. */
	runCommand(name: string, argv: readonly string[]): Promise<number>;
};

/** What each module in commands/ exports. Gives the exit code. */
export type RunCommand = (context: CommandContext) => Promise<number>;
