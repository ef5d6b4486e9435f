import type {Job} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import type {Starter} from './choose-starter.ts';
import {planCrontabBlock} from './crontab-block.ts';
import type {Installation} from './installation.ts';
import {planDaemon, planTimers, type PlannedUnits} from './plan-units.ts';
import {describeUnitSurroundings} from './unit-surroundings.ts';

/** What a starter is given: lines of the crontab, or units. */
export type Plan = {readonly block: string; readonly units?: undefined} | {readonly units: PlannedUnits; readonly block?: undefined};

/** What is to be planned. */
export type PlanRequest = {
	readonly starter: Starter;
	readonly installation: Installation;
	readonly config: LoadedConfig | undefined;
	readonly jobs: readonly Job[];
	readonly machineTimeZone: string;
};

/** What there has to be so that the starter starts the jobs. Changes nothing. @throws `configuration-invalid` */
export async function makePlan(context: CommandContext, {starter, installation, config, jobs, machineTimeZone}: PlanRequest): Promise<Plan> {
	if (starter.kind === 'cron') {
		return {block: planCrontabBlock(installation, jobs, machineTimeZone)};
	}

	const surroundings = await describeUnitSurroundings(context, config, starter.isSystem);
	return {units: starter.kind === 'daemon' ? planDaemon(installation, surroundings) : planTimers(installation, surroundings, jobs, machineTimeZone)};
}
