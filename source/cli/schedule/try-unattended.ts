import {CofferError, errorText, isCofferError, RunningProgram, type Job, type ProgramContext} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {passphraseVariables} from '../secrets.ts';
import {argumentsOf, type Installation} from './installation.ts';
import {shellCommand} from './shell-words.ts';

/** What the program finds when nobody sits in front of it. */
export type UnattendedFacts = {
	readonly configFile: string;
	readonly stateFolder: string;
	readonly repository: string;
	readonly jobs: readonly Job[];
	/** Of the machine, whatever the shell says. */
	readonly timeZone: string;
};

const failed = (what: string, advice: string, cause?: unknown): CofferError => new CofferError('configuration-invalid', `Nothing was installed: ${what} ${advice}`, {cause});

/** What is at hand here, and will not be there unattended. */
function adviceFor({environment, isInteractive}: CommandContext, {environment: kept}: Installation): string {
	const lost = passphraseVariables.filter(name => (environment[name] ?? '') !== '' && !Object.hasOwn(kept, name));
	if (lost.length > 0) {
		return `${lost.join(' and ')} ${lost.length === 1 ? 'is' : 'are'} set in this shell, but not for cron and systemd: put the passphrase into a file of mode 600 that "passphrase": {"file": …} in the configuration names, or use a key file.`;
	}

	return isInteractive
		? 'Nobody can be asked then: use a key file, or "passphrase": {"file": …} in the configuration.'
		: 'What the configuration names has to be there without this shell: absolute paths, and no variables of its environment.';
}

/** What the program says that went wrong: its last line is an event. */
function messageOf(errors: string): string | undefined {
	try {
		return (JSON.parse(errors.trim().split('\n').at(-1)!) as {readonly message?: string}).message;
	} catch {
		return undefined;
	}
}

/**
Start the program as cron will: by /bin/sh in the home folder, with an environment of four variables, without a terminal. It reads its configuration and opens the repository, and writes nothing.
@param variables - What the crontab sets besides. @default nothing
@throws `configuration-invalid` where that fails, or where it finds other places than this process; `aborted`
*/
export async function tryUnattended(context: CommandContext, programs: ProgramContext, installation: Installation, variables: Readonly<Record<string, string>> = {}): Promise<UnattendedFacts> {
	const {paths, runtime, starterPlaces: {home}} = context;
	const environment = {PATH: '/usr/bin:/bin', HOME: home, LOGNAME: runtime.user, SHELL: '/bin/sh', ...variables};
	const line = shellCommand([installation.command.node, ...argumentsOf(installation, ['schedule', 'probe', '--headless', '--json'])], installation.environment);
	const program = RunningProgram.start({
		program: '/usr/bin/env',
		arguments: ['-i', ...Object.entries(environment).map(([name, value]) => `${name}=${value}`), environment.SHELL, '-c', line],
		what: 'coffer without a terminal',
		workingFolder: environment.HOME,
		failureCode: 'configuration-invalid',
	}, programs);
	let facts: UnattendedFacts;
	try {
		const pieces: Buffer[] = await Array.fromAsync(program.output);

		await program.succeed();
		facts = JSON.parse(Buffer.concat(pieces).toString()) as UnattendedFacts;
	} catch (error) {
		if (isCofferError(error, 'aborted')) {
			throw error;
		}

		throw failed(`started as cron starts it, coffer does not get as far as opening the repository: ${messageOf(program.errors) ?? errorText(error)}`, adviceFor(context, installation), error);
	} finally {
		await program.stop();
	}

	if (facts.configFile !== paths.configFile || facts.stateFolder !== paths.stateFolder) {
		throw failed(`started as cron starts it, coffer would use ${facts.configFile} and ${facts.stateFolder}, not ${paths.configFile} and ${paths.stateFolder}.`, 'Name the configuration with --config, and the state folder in COFFER_STATE_DIRECTORY.');
	}

	return facts;
}
