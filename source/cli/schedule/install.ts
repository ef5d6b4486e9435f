import {CofferError, isCofferError, remembering, type Job, type ProgramContext} from '../../engine/index.ts';
import {formatAmount} from '../../text/format.ts';
import type {CommandContext} from '../command-line.ts';
import {jobsOf} from '../configured-jobs.ts';
import {openSchedule} from '../jobs/open-schedule.ts';
import {noted} from '../host-trail.ts';
import {didApplyUnits} from './apply-units.ts';
import {chooseStarter, describeStarter, type Starter} from './choose-starter.ts';
import {hasCronLine, replaceBlock} from './crontab-block.ts';
import {CrontabProgram} from './crontab-program.ts';
import {variablesOfCrontab} from './crontab-variables.ts';
import {findDifference, type Difference} from './difference.ts';
import {findInstalled, type Installed} from './find-installed.ts';
import {findInstallWarnings} from './install-warnings.ts';
import {describeInstallation, type Installation} from './installation.ts';
import {findMachineTimeZone} from './machine-time-zone.ts';
import {makePlan, type Plan} from './plan.ts';
import {programContext} from './programs.ts';
import {removeInstalled} from './remove-installed.ts';
import {Systemctl} from './systemctl.ts';
import {tryUnattended, type UnattendedFacts} from './try-unattended.ts';

type Request = {readonly starter: Starter; readonly installation: Installation; readonly installed: Installed};

/** The variables that the lines of this installation find in the crontab, where they stand or will stand. */
function variablesFor({starter, installation: {id}, installed: {crontab = ''}}: Request): Record<string, string> {
	const mark = `# BEGIN coffer ${id} `;
	const marked = replaceBlock(crontab, id, `${mark}\n# END coffer ${id}\n`);
	return starter.kind === 'cron' ? variablesOfCrontab(marked.slice(0, marked.indexOf(mark))) : {};
}

/** What an unattended run finds; where that fails, what this process finds, and why. */
async function tryOut(context: CommandContext, programs: ProgramContext, request: Request): Promise<{readonly facts: Pick<UnattendedFacts, 'jobs' | 'timeZone'>; readonly problem?: CofferError}> {
	try {
		return {facts: await tryUnattended(context, programs, request.installation, variablesFor(request))};
	} catch (error) {
		if (!context.arguments.isSet('dryRun') || !isCofferError(error, 'configuration-invalid')) {
			throw error;
		}

		return {facts: {jobs: jobsOf(await context.config()), timeZone: findMachineTimeZone(context.environment)}, problem: error};
	}
}

/** @returns Whether anything was changed. */
async function didApply(context: CommandContext, programs: ProgramContext, {plan, difference, id}: {readonly plan: Plan; readonly difference: Difference; readonly id: string}): Promise<boolean> {
	const {crontab, there, written} = difference;
	if (there === undefined) {
		if (written.length > 0) {
			await CrontabProgram.require(programs).write(crontab!);
		}

		return written.length > 0;
	}

	const systemctl = await Systemctl.find(programs, context.starterPlaces.runningSystemd, there.isSystem);
	return didApplyUnits(context, systemctl, {there, id, ...(plan.units && {planned: plan.units})});
}

function printDifference({output}: CommandContext, {written, removed}: Difference): void {
	for (const {file, text} of written) {
		output.print(`# ${file}`);
		output.printText(text);
	}

	for (const file of removed) {
		output.print(`# ${file} would be removed`);
	}
}

/** From now on their slots are owed: else each would only be noticed by its first run, which then had nothing to do. */
async function noteJobs(context: CommandContext, jobs: readonly Job[]): Promise<void> {
	const schedule = await openSchedule(context);
	try {
		remembering(message => {
			context.output.warn(message);
		}, () => schedule.noteJobs(jobs), undefined);
	} finally {
		schedule.close();
	}
}

async function install(context: CommandContext, programs: ProgramContext): Promise<number> {
	const {arguments: flags, output, paths, log} = context;
	const isDryRun = flags.isSet('dryRun');
	const config = await context.config();
	if (config === undefined && !isDryRun) {
		throw new CofferError('configuration-invalid', `There is no configuration ${paths.configFile}, so nothing says what is to be backed up. Run "coffer init", or name one with --config.`);
	}

	const starter = await chooseStarter(context, programs);
	const installation = describeInstallation(context);
	const request = {starter, installation, installed: await findInstalled(context, programs, starter.kind === 'cron')};
	const {facts: {jobs, timeZone}, problem} = await tryOut(context, programs, request);
	const plan = await makePlan(context, {starter, installation, config, jobs, machineTimeZone: timeZone});
	const difference = findDifference(context, plan, request);
	const apply = async () => ({
		isChanged: !isDryRun && await didApply(context, programs, {plan, difference, id: installation.id}),
		gone: await removeInstalled(context, programs, request.installed, {id: installation.id, kept: starter, isDryRun}),
	});
	const {isChanged, gone} = isDryRun ? await apply() : await noted(context, {operation: 'schedule-install', objects: [paths.configFile, describeStarter(starter)]}, apply);
	const removed = [...difference.removed, ...gone.units, ...(gone.crontabLines ? ['crontab'] : [])];
	output.value({starter: starter.kind, ...(starter.kind !== 'cron' && {isSystem: starter.isSystem}), isDryRun, isChanged: isChanged || (!isDryRun && removed.length > 0), written: difference.written, removed});
	if (isDryRun) {
		printDifference(context, {...difference, removed});
	}

	const started = jobs.filter(({isEnabled}) => isEnabled);
	const isInLine = isDryRun ? difference.written.length + removed.length === 0 : !isChanged && removed.length === 0;
	const what = `${formatAmount(started.length, 'job')} by ${describeStarter(starter)}`;
	output.note(isInLine ? `Nothing to change: everything is in place for ${what}.` : `${isDryRun ? 'Nothing was written; this would start' : 'Installed:'} ${what}.`);
	const elsewhere = starter.kind === 'cron' ? started.filter(job => !hasCronLine(job, timeZone)) : [];
	if (elsewhere.length > 0) {
		output.note(`cron knows no other time zone than the machine's (${timeZone}): the hourly line starts ${elsewhere.map(job => `${job.name} (${job.timeZone})`).join(', ')}.`);
	}

	for (const warning of await findInstallWarnings(context, starter, installation)) {
		output.warn(warning);
	}

	if (problem) {
		throw problem;
	}

	if (!isDryRun) {
		await noteJobs(context, started);
	}

	if (!isDryRun && !isInLine) {
		log.in('cron').write('info', 'schedule installed', {starter: describeStarter(starter), configuration: paths.configFile, jobs: started.length});
	}

	return 0;
}

/** `coffer schedule install`: has cron or systemd start the jobs of the configuration. */
export async function scheduleInstall(context: CommandContext): Promise<number> {
	return context.interruptible(async signal => install(context, programContext(context, signal)));
}
