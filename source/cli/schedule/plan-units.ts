import {CofferError, type Job} from '../../engine/index.ts';
import {assertWritable, type Installation} from './installation.ts';
import {fieldsOf} from './job-fields.ts';
import {catchUpServiceText, catchUpTimerText, daemonServiceText, jobServiceText, jobTimerText} from './unit-texts.ts';
import type {UnitSurroundings} from './unit-surroundings.ts';
import {escapeUnitName} from './unit-words.ts';

/** The units of one installation: texts by the names of their files. */
export type PlannedUnits = {
	readonly files: ReadonlyMap<string, string>;
	/** Units that are switched on and started. */
	readonly enabled: readonly string[];
};

/** @throws `configuration-invalid` */
function assertStartable({command: {node}}: Installation): void {
	if (/["']/.test(node)) {
		throw new CofferError('configuration-invalid', `systemd starts no program whose path holds quotes, such as ${node}. Install Node in another place, or use "coffer schedule install --cron".`);
	}
}

/** A unit's name without its type. Further installations have their id in it. */
function unitName({id, isUsual}: Installation, part?: string): string {
	const name = ['coffer', ...(isUsual ? [] : [id]), ...(part === undefined ? [] : [escapeUnitName(part)])].join('-');
	// With ".service" and the suffix of a drop-in's folder it is the name of a file.
	if (name.length > 240) {
		throw new CofferError('configuration-invalid', `The name of the job ${JSON.stringify(part)} is too long for a unit of systemd. Give it a shorter one.`);
	}

	return name;
}

/**
A service and a timer for each job that is switched on, and for what was missed.
@param machineTimeZone - Timers of jobs that go by another one name it.
@throws `configuration-invalid` for a job whose name cannot be that of a unit, and for a Node that systemd does not start
*/
export function planTimers(installation: Installation, surroundings: UnitSurroundings, jobs: readonly Job[], machineTimeZone: string): PlannedUnits {
	assertStartable(installation);
	const files = new Map<string, string>();
	const names: string[] = [];
	for (const job of jobs.filter(({isEnabled}) => isEnabled)) {
		assertWritable(job.name, 'The name of a job');
		const name = unitName(installation, job.name);
		files.set(`${name}.service`, jobServiceText(installation, surroundings, job));
		files.set(`${name}.timer`, jobTimerText(installation, job, fieldsOf(job), job.timeZone === machineTimeZone ? undefined : job.timeZone));
		names.push(name);
	}

	const catchUp = unitName(installation);
	files.set(`${catchUp}.service`, catchUpServiceText(installation, surroundings));
	files.set(`${catchUp}.timer`, catchUpTimerText(installation));
	return {files, enabled: [...names, catchUp].map(name => `${name}.timer`)};
}

/** The one unit of the daemon, which runs the jobs itself. @throws `configuration-invalid` for a Node that systemd does not start */
export function planDaemon(installation: Installation, surroundings: UnitSurroundings): PlannedUnits {
	assertStartable(installation);
	const name = `${unitName(installation, 'daemon')}.service`;
	return {files: new Map([[name, daemonServiceText(installation, surroundings)]]), enabled: [name]};
}
