import path from 'node:path';
import {CofferError, type ProgramContext} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {CrontabProgram} from './crontab-program.ts';
import {requireSystemctl, Systemctl} from './systemctl.ts';

/** Who starts the jobs: cron; timers of systemd, of the system or of this user; or a daemon that is a unit of systemd. */
export type Starter = {readonly kind: 'cron'} | {readonly kind: 'timers' | 'daemon'; readonly isSystem: boolean};

/** Where units lie, of the system or of this user. */
export function unitFolder({starterPlaces}: Pick<CommandContext, 'starterPlaces'>, isSystem: boolean): string {
	return isSystem ? starterPlaces.systemUnits : path.join(starterPlaces.home, '.config/systemd/user');
}

/** In words. */
export function describeStarter(starter: Starter): string {
	return starter.kind === 'cron' ? 'cron' : `${starter.kind === 'timers' ? 'timers of systemd' : 'the daemon as a service of systemd'}${starter.isSystem ? '' : ', for this user'}`;
}

function assertFlags({arguments: flags}: CommandContext): void {
	const ofSystemd = ['systemd', 'user', 'daemon'].find(flag => flags.isSet(flag));
	if (flags.isSet('cron') && ofSystemd !== undefined) {
		throw new CofferError('usage', `--cron and --${ofSystemd} exclude each other: choose who starts the jobs.`);
	}
}

/**
Who is to start the jobs: as the flags say, else systemd where it runs the machine and this user has a manager there, else cron.
@throws `usage`; `state-failed` where there is neither, or what the flags ask for is not there (with --dry-run it need not be); `aborted`
*/
export async function chooseStarter(context: CommandContext, programs: ProgramContext): Promise<Starter> {
	assertFlags(context);
	const {arguments: flags, isRoot, starterPlaces} = context;
	const isSystem = isRoot && !flags.isSet('user');
	if (flags.isSet('cron')) {
		return {kind: 'cron'};
	}

	const isAsked = ['systemd', 'user', 'daemon'].some(flag => flags.isSet(flag));
	const systemctl = await Systemctl.find(programs, starterPlaces.runningSystemd, isSystem);
	if (systemctl === undefined && !isAsked) {
		if (CrontabProgram.find(programs) === undefined) {
			throw new CofferError('state-failed', 'Neither systemd nor cron is here to start jobs. Install cron (on Debian: apt install cron), or let "coffer daemon" run in the foreground of whatever starts programs on this machine.');
		}

		return {kind: 'cron'};
	}

	if (!flags.isSet('dryRun')) {
		requireSystemctl(systemctl, isSystem);
	}

	return {kind: flags.isSet('daemon') ? 'daemon' : 'timers', isSystem};
}
