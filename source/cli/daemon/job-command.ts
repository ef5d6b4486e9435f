import {Buffer} from 'node:buffer';
import {statSync} from 'node:fs';
import type {JobCommand, JobTrigger} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {ownCommand} from '../own-command.ts';

/** Of a service as such: a job is none. */
const serviceVariables: ReadonlySet<string> = new Set(['NOTIFY_SOCKET', 'WATCHDOG_PID', 'WATCHDOG_USEC', 'LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']);

/** What a job inherits: all but passphrases themselves, which it is given by a descriptor, numbers of descriptors that it does not have, and what is for a service. */
function inherited(environment: CommandContext['environment']): Record<string, string | undefined> {
	return Object.fromEntries(Object.entries(environment).filter(([name]) => !serviceVariables.has(name) && !/^COFFER_\w*(?:PASSPHRASE|_FD)$/.test(name)));
}

/** The passphrase as a line, where neither a file nor a command can give it to the job. */
async function passphraseLine({environment, descriptors, runtime}: CommandContext, typed: Buffer | undefined): Promise<Buffer | undefined> {
	if (environment['COFFER_PASSPHRASE_FILE']) {
		return undefined;
	}

	const {COFFER_PASSPHRASE_FD: descriptor, COFFER_PASSPHRASE_COMMAND: command, COFFER_PASSPHRASE: plain} = environment;
	const passphrase = descriptor ? await descriptors.read(descriptor, 'COFFER_PASSPHRASE_FD', runtime) : (plain && !command ? Buffer.from(plain) : typed);
	if (passphrase === undefined) {
		return undefined;
	}

	// Outside of the pool that others share.
	const line = Buffer.allocUnsafeSlow(passphrase.length + 1);
	passphrase.copy(line);
	line.write('\n', passphrase.length);
	passphrase.fill(0);
	return line;
}

function existing(folder: string): string {
	return statSync(folder, {throwIfNoEntry: false})?.isDirectory() ? folder : '/';
}

export type JobCommandOptions = {
	/** What begins jobs when they are due. */
	readonly trigger: JobTrigger;
	/** A copy of the passphrase that a person typed, if one has. */
	readonly typed?: () => Buffer | undefined;
};

/**
How a job is started as a process of its own: this program again, about the same repository with the same secret. A passphrase never stands in its arguments or its environment.
@throws `configuration-invalid` where a descriptor gives no passphrase
*/
export async function jobCommand(context: CommandContext, job: string, isByHand: boolean, {trigger, typed}: JobCommandOptions): Promise<JobCommand> {
	const {node, script, globals} = ownCommand(context);
	const secret = await passphraseLine(context, typed?.());
	return {
		program: node,
		arguments: [script, ...globals, '--headless', ...(context.log.isVerbose ? ['--verbose'] : []), 'schedule', 'run', job, ...(isByHand ? [] : ['--if-due', '--trigger', trigger])],
		environment: {...inherited(context.environment), ...(secret && {COFFER_PASSPHRASE_FD: '3'})},
		workingFolder: existing(context.cwd),
		secret,
	};
}
