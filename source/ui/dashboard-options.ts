import type {EventEmitter} from 'node:events';
import type {BackupClass, EngineClient, EnginePlace, EventListener, Job, RetentionSettings, ScheduleHolder, Source} from '../engine/index.ts';
import type {LogChannel, LogLevel} from '../logs/channel.ts';
import type {Clock} from './clock.ts';

/** A source that can be backed up from here. */
export type SourceChoice = {
	readonly source: Source;
	readonly class?: BackupClass;
	readonly tags?: readonly string[];
};

/** How a job of the schedule ended. */
export type StartedJobEnding = {
	/** Its exit code; 130 where it was stopped. */
	readonly code: number;
	/** What it said last: its summary, or what went wrong. Empty where it said nothing. */
	readonly line: string;
};

/**
The schedule of this host, as a dashboard works on it. Every job runs in a process of its own, in a session of its own: it goes on when the dashboard is left or its terminal is closed, so nothing needs to be asked then.
What runs, and how it ended, `Overview.schedule` tells, whoever has started it.
*/
export type ScheduleControl = {
	/** Run a job now, whether it is due or not. Settles when it has ended, well or not. @throws `usage` for a job that is not configured; `configuration-invalid` */
	readonly start: (job: string) => Promise<StartedJobEnding>;
	/**
	Run the jobs as they become due, from now on until `release`.
	@returns Who holds the schedule instead; `undefined`: it is held here, also when it was before.
	@throws `usage` where there is nothing to run; `configuration-invalid`, `state-failed`
	*/
	readonly hold: () => Promise<ScheduleHolder | undefined>;
	/** Start no more jobs. What runs goes on. */
	readonly release: () => Promise<void>;
	/** The configuration has changed: where the schedule is held here, go by the new one. @throws as `hold`; then the old one goes on */
	readonly reload: () => Promise<void>;
	/** Whether it is held here. */
	readonly isHeld: () => boolean;
};

/** What of a job can be changed from here. */
export type JobChange = {readonly expression?: string; readonly isEnabled?: boolean};

/** A repository that is known, and how to get at it. */
export type Connection = {
	readonly url: string;
	/** Those of the configuration. */
	readonly sources: readonly SourceChoice[];
	/** Open it apart from the screen: in a thread to look at it, in a process of its own for each job, which gives all of its memory back. */
	readonly startEngine: (place: EnginePlace, onEvent: EventListener) => EngineClient;
	/** Another text whenever a process of this host has noted something about a repository. @default changes are seen at the next look */
	readonly readStamp?: () => Promise<string>;
	/** Where the secret in use lies, and whether a rotation can replace it there. @default none is known */
	readonly secretPlace?: () => Promise<SecretPlace>;
	/** What a person typed as a secret opens the repository no more. */
	readonly forgetSecret?: () => void;
	/** @default the schedule cannot be worked on from here */
	readonly schedule?: ScheduleControl;
	/**
	Put a change of a job into the configuration file, and nothing else; engines that are started afterwards go by it.
	@param job - As it is shown.
	@throws `configuration-invalid`; `state-failed` also where somebody else has changed the job or the file meanwhile, which are left as they are
	@default there is no configuration file
	*/
	readonly changeJob?: (job: Job, change: JobChange) => Promise<void>;
	/** Run the job that writes reports. @returns What it said: what the report is about, and where it lies @throws what went wrong @default there is no such job */
	readonly writeReport?: () => Promise<string>;
	/** What is to be kept of snapshots. @default nothing is known: no snapshot is forgotten from here */
	readonly retention?: RetentionSettings;
};

/** Where a secret lies. `file`: in a key file, absolute, that a rotation replaces in place, unless there is a flaw; `elsewhere`: it is rotated on the command line, for a reason. Both for people, in a sentence. */
export type SecretPlace = {readonly kind: 'file'; readonly file: string; readonly flaw?: string} | {readonly kind: 'elsewhere'; readonly reason: string};

/** A source that a first run proposes. */
export type SourceProposal = {
	readonly source: Source;
	/** Whether it is wanted unless somebody says otherwise. */
	readonly isMarked: boolean;
	/** What else is worth knowing of it, in a few words. */
	readonly note?: string;
};

/** What a first run would create, as it is proposed. */
export type SetUpProposal = {
	readonly repository: string;
	readonly keyFile: string;
	readonly configFile: string;
	/** With names of their own. */
	readonly sources: readonly SourceProposal[];
};

/** The choice that was made of it. */
export type SetUpChoice = Pick<SetUpProposal, 'repository' | 'keyFile'> & {readonly sources: readonly Source[]};

export type FirstRun = {
	readonly proposal: SetUpProposal;
	/** Why a folder cannot be a source, in a sentence; `undefined`: it can. @param folder - Absolute. */
	readonly checkFolder: (folder: string) => Promise<string | undefined>;
	/** Make repository, key file and configuration, and connect. @throws what stands in the way, and what was made all the same; called again with the same choice it goes on from there */
	readonly create: (choice: SetUpChoice) => Promise<Connection>;
};

/** Writes a line to one of the logs. */
export type LogWriter = {
	readonly write: (level: LogLevel, message: string, facts?: Readonly<Record<string, string | number | boolean | undefined>>) => void;
};

export type DashboardOptions = {
	/** The name of this machine. */
	readonly host: string;
	/** The known repository, or else how to make one. */
	readonly start: Connection | FirstRun;
	/** The logs: their folder, for the view that follows them, and how jobs write: what is said without another word goes to `backup`. */
	readonly log: LogWriter & {readonly folder: string; readonly in: (channel: LogChannel) => LogWriter};
	/** Where restored files are put unless somebody says otherwise. Absolute. */
	readonly restoreFolder: string;
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Emits signals by their names. */
	readonly signals: EventEmitter;
	/** Told how to give a person the terminal for a moment, such as for a passphrase. */
	readonly onSuspendable?: (suspend: (action: () => Promise<void>) => Promise<void>) => void;
	/** Told when the screen is gone: nobody waits any more for what has not been opened yet. */
	readonly onLeaving?: () => void;
	/** Told when the screen is gone and jobs are still being stopped. */
	readonly onStopping?: () => void;
	/** Stops this process as Ctrl-Z does; settles when it goes on. `false`: it could not be stopped. */
	readonly stopProcess: () => Promise<boolean>;
	/** Ends this process at once, without waiting for anything. */
	readonly exit: (code: number) => void;
	readonly hasColor: boolean;
	/** @default systemClock */
	readonly clock?: Clock;
};
