import path from 'node:path';
import {pathToFileURL} from 'node:url';
import type {CronExpression, IoPriority, Job} from '../../engine/index.ts';
import {calendarEvents} from './calendar-events.ts';
import {argumentsOf, wordsOfCatchUp, wordsOfJob, type Installation} from './installation.ts';
import {hardeningLines, type UnitNeeds} from './unit-hardening.ts';
import type {UnitSurroundings} from './unit-surroundings.ts';
import {escapeSpecifiers, execCommand, quoteUnitWord, type UnitArgument} from './unit-words.ts';

/** A run that does not end by itself within its limit is given so long to end cleanly after all. */
const graceSeconds = 15 * 60;
const stopSeconds = 5 * 60;

/** The credential that the program looks for (secrets.ts). */
const credential = 'coffer.key';

const ioLines: Readonly<Record<IoPriority, readonly string[]>> = {
	normal: [],
	low: ['IOSchedulingClass=best-effort', 'IOSchedulingPriority=7'],
	idle: ['IOSchedulingClass=idle'],
};

/** What a unit of this installation begins with, so that it is known again. */
export const unitMark = (id: string): string => `# coffer schedule ${id}: `;

function head({id, configFile, command}: Installation, description: string): string[] {
	const readme = path.resolve(command.script, '../../README.md');
	return [
		`${unitMark(id)}${configFile}`,
		'# Written by "coffer schedule install" from the configuration, and written anew there. What shall differ goes into a drop-in: systemctl edit UNIT. "coffer schedule remove" takes it away.',
		'[Unit]',
		`Description=${escapeSpecifiers(`coffer: ${description}`)}`,
		`Documentation=${escapeSpecifiers(pathToFileURL(readme).href.replaceAll('\'', '%27'))}`,
	];
}

/** What has to be there before: the file system of the repository, or the network. */
function requirements({repository, isSystem}: UnitSurroundings): string[] {
	if (repository === undefined || repository.startsWith('/')) {
		return repository === undefined ? [] : [`RequiresMountsFor=${quoteUnitWord(repository)}`];
	}

	return isSystem ? ['Wants=network-online.target', 'After=network-online.target'] : [];
}

function environmentLines({environment}: Installation, {isSystem, home, isStateUsual}: UnitSurroundings): string[] {
	// Without it programs such as mysql find no settings of their user.
	const variables = {...(isSystem && {HOME: home}), ...environment};
	return [
		...Object.entries(variables).map(([name, value]) => `Environment=${quoteUnitWord(`${name}=${value}`)}`),
		...(isSystem && isStateUsual ? ['StateDirectory=coffer', 'StateDirectoryMode=0700'] : []),
		...(isSystem ? ['CacheDirectory=coffer', 'CacheDirectoryMode=0700'] : []),
	];
}

/** The command, with the key as a credential where a file is the key, and nothing but what is in it is wanted. */
function commandLines(installation: Installation, words: readonly string[], {isSystem, keyFile}: UnitSurroundings, {rotatesKey, examinesKey}: UnitNeeds): string[] {
	const {node} = installation.command;
	const argv: UnitArgument[] = argumentsOf(installation, words);
	if (!isSystem || keyFile === undefined || rotatesKey || examinesKey) {
		return [`ExecStart=${execCommand(node, argv)}`];
	}

	const named = argv.indexOf('--key-file');
	const withCredential = named === -1 ? [argv[0]!, '--key-file', {credential}, ...argv.slice(1)] : argv.with(named + 1, {credential});
	return [`LoadCredential=${credential}:${escapeSpecifiers(keyFile)}`, `ExecStart=${execCommand(node, withCredential)}`];
}

type Service = {
	readonly description: string;
	readonly words: readonly string[];
	readonly needs: UnitNeeds;
	/** Lines that differ from service to service. */
	readonly lines: readonly string[];
};

function serviceText(installation: Installation, surroundings: UnitSurroundings, {description, words, needs, lines}: Service): string {
	return [
		...head(installation, description),
		...requirements(surroundings),
		'',
		'[Service]',
		...lines,
		...commandLines(installation, words, surroundings, needs),
		...environmentLines(installation, surroundings),
		// The program ends what it has started itself, and cleanly.
		'KillMode=mixed',
		`TimeoutStopSec=${stopSeconds}`,
		...hardeningLines(surroundings, needs),
		'',
	].join('\n');
}

/** What a job does besides its name, for needs. */
function needsOf(job: Job, {hasSecretPrograms, hasBackupPrograms}: UnitSurroundings): UnitNeeds {
	const isReadsSources = job.kind === 'backup';
	return {runsPrograms: hasSecretPrograms || (isReadsSources && hasBackupPrograms), readsSources: isReadsSources, rotatesKey: job.kind === 'rotate', examinesKey: job.kind === 'audit' || job.kind === 'monitor'};
}

/** Exit codes that are no failure of the unit. 130: somebody stopped it. 20 and 21: a monitor or an audit that found something has done its work, and raises alerts. 3 stays a failure: something is not in the backup. */
function successLine({kind}: Job): string {
	return `SuccessExitStatus=${kind === 'monitor' || kind === 'audit' ? '20 21 130' : '130'}`;
}

/** The service of one job. */
export function jobServiceText(installation: Installation, surroundings: UnitSurroundings, job: Job): string {
	const {name, kind, niceness, ioPriority, timeLimitMs, overlap} = job;
	const limit = timeLimitMs === undefined || overlap === 'wait' ? 'infinity' : String(Math.ceil(timeLimitMs / 1000) + graceSeconds);
	return serviceText(installation, surroundings, {
		description: `${name} (${kind})`,
		words: wordsOfJob(name, false),
		needs: needsOf(job, surroundings),
		lines: ['Type=oneshot', `Nice=${niceness}`, ...ioLines[ioPriority], `TimeoutStartSec=${limit}`, successLine(job)],
	});
}

/** The timer of one job. @param timeZone - @default that of the machine */
export function jobTimerText(installation: Installation, {name, kind, catchesUp, jitterMs}: Job, fields: CronExpression, timeZone?: string): string {
	return [
		...head(installation, `when ${name} (${kind}) is due`),
		'',
		'[Timer]',
		...calendarEvents(fields, timeZone).map(event => `OnCalendar=${event}`),
		`Persistent=${catchesUp ? 'yes' : 'no'}`,
		...(jitterMs > 0 ? [`RandomizedDelaySec=${Math.ceil(jitterMs / 1000)}`, 'FixedRandomDelay=yes'] : []),
		'AccuracySec=1s',
		'',
		'[Install]',
		'WantedBy=timers.target',
		'',
	].join('\n');
}

function needsOfAll({hasSecretPrograms, hasBackupPrograms}: UnitSurroundings): UnitNeeds {
	return {runsPrograms: hasSecretPrograms || hasBackupPrograms, readsSources: true, rotatesKey: true, examinesKey: true};
}

/** The service that runs whatever is due. */
export function catchUpServiceText(installation: Installation, surroundings: UnitSurroundings): string {
	return serviceText(installation, surroundings, {
		description: 'whatever is due',
		words: wordsOfCatchUp,
		needs: needsOfAll(surroundings),
		lines: ['Type=oneshot', 'Nice=10', ...ioLines.low, 'TimeoutStartSec=infinity', 'SuccessExitStatus=20 21 130'],
	});
}

/** Its timer: each hour, for runs that have failed and for times that a change of the clock has swallowed. */
export function catchUpTimerText(installation: Installation): string {
	return [
		...head(installation, 'each hour, for what was missed or has failed'),
		'',
		'[Timer]',
		'OnCalendar=hourly',
		'RandomizedDelaySec=3000',
		'FixedRandomDelay=yes',
		'AccuracySec=1s',
		'',
		'[Install]',
		'WantedBy=timers.target',
		'',
	].join('\n');
}

/** The service of the daemon, which holds the schedule itself. */
export function daemonServiceText(installation: Installation, surroundings: UnitSurroundings): string {
	const text = serviceText(installation, surroundings, {
		description: 'the schedule',
		words: ['daemon', '--headless'],
		needs: needsOfAll(surroundings),
		lines: ['Type=notify', 'NotifyAccess=all', 'ExecReload=/bin/kill -HUP $MAINPID', 'Restart=on-failure', 'RestartSec=30', 'SuccessExitStatus=130'],
	});
	return `${text}\n[Install]\nWantedBy=${surroundings.isSystem ? 'multi-user.target' : 'default.target'}\n`;
}
