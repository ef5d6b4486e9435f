import {isCofferError, type Job, type ProgramContext} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import type {Starter} from './choose-starter.ts';
import {findDifference} from './difference.ts';
import type {Installed, UnitsThere} from './find-installed.ts';
import type {Installation} from './installation.ts';
import {isCronRunning} from './is-cron-running.ts';
import {findMachineTimeZone} from './machine-time-zone.ts';
import {makePlan} from './plan.ts';
import {Systemctl} from './systemctl.ts';

/** Something that is installed to start the jobs. */
export type InstalledStarter = {
	readonly starter: Starter;
	/** Where: `crontab`, or a folder. */
	readonly place: string;
	/** Whether it is what the configuration asks for; `undefined` where that cannot be read. */
	readonly isInLine?: boolean;
	/** Why it starts nothing, or not all; without a full stop. */
	readonly flaw?: string;
};

/** A configuration with its jobs; without, where it cannot be read. */
export type Wanted = {readonly config: LoadedConfig | undefined; readonly jobs: readonly Job[]};

type Request = {readonly installation: Installation; readonly installed: Installed; readonly wanted?: Wanted};

async function compareWithPlan(context: CommandContext, starter: Starter, {installation, installed, wanted}: Request): Promise<{readonly isInLine?: boolean}> {
	if (wanted === undefined) {
		return {};
	}

	try {
		const plan = await makePlan(context, {starter, installation, ...wanted, machineTimeZone: findMachineTimeZone(context.environment)});
		const {written, removed} = findDifference(context, plan, {starter, installation, installed});
		return {isInLine: written.length + removed.length === 0};
	} catch (error) {
		if (!isCofferError(error, 'configuration-invalid')) {
			throw error;
		}

		return {isInLine: false};
	}
}

async function findUnitFlaw(programs: ProgramContext, runningSystemd: string, {isSystem, units}: UnitsThere, isStarted: (name: string) => boolean): Promise<string | undefined> {
	const systemctl = await Systemctl.find(programs, runningSystemd, isSystem);
	if (systemctl === undefined) {
		return isSystem ? 'systemd does not run this machine' : 'systemd cannot be asked for this user now';
	}

	const inactive = await systemctl.findInactive(units.map(({name}) => name).filter(name => isStarted(name)));
	return inactive.length === 0 ? undefined : `switched off or stopped: ${inactive.join(', ')}`;
}

/** Everything that is installed to start the jobs of one installation, and how it stands. @throws `state-failed`; `aborted` */
export async function findStarters(context: CommandContext, programs: ProgramContext, request: Request): Promise<InstalledStarter[]> {
	const {installation: {id}, installed} = request;
	const {starterPlaces: {processes, runningSystemd}} = context;
	const starters: InstalledStarter[] = [];
	if (installed.blocks.some(block => block.id === id)) {
		const starter: Starter = {kind: 'cron'};
		const flaw = await isCronRunning(processes) === false ? 'no cron is running' : undefined;
		starters.push({starter, place: 'crontab', ...await compareWithPlan(context, starter, request), ...(flaw !== undefined && {flaw})});
	}

	for (const {isSystem, folder, units} of installed.unitFolders) {
		const own = units.filter(unit => unit.id === id);
		if (own.length === 0) {
			continue;
		}

		const isTimer = (name: string) => name.endsWith('.timer');
		const kind = own.some(({name}) => isTimer(name)) ? 'timers' : 'daemon';
		const starter: Starter = {kind, isSystem};
		const flaw = await findUnitFlaw(programs, runningSystemd, {isSystem, folder, units: own}, kind === 'timers' ? isTimer : () => true);
		starters.push({starter, place: folder, ...await compareWithPlan(context, starter, request), ...(flaw !== undefined && {flaw})});
	}

	return starters;
}
