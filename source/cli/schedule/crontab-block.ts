import {CofferError, type Job} from '../../engine/index.ts';
import {argumentsOf, assertWritable, wordsOfCatchUp, wordsOfJob, type Installation} from './installation.ts';
import {shellCommand} from './shell-words.ts';

/** Cron of Debian takes no longer command (MAX_COMMAND). */
const maximumCommandCharacters = 998;

/** In a command a bare `%` begins its input: crontab(5). */
const escapeForCron = (command: string): string => command.replaceAll('%', String.raw`\%`);

/** A minute that no two hosts need share, and at which hardly a job begins: none that five divides. */
function catchUpMinute(id: string): number {
	const number = Number.parseInt(id, 16);
	return (number % 12) * 5 + 1 + Math.floor(number / 12) % 4;
}

/** Whether cron can run it at its time: it goes by the time zone of the machine alone. */
export function hasCronLine({isEnabled, timeZone}: Job, machineTimeZone: string): boolean {
	return isEnabled && timeZone === machineTimeZone;
}

function commandLine(installation: Installation, words: readonly string[]): string {
	const command = escapeForCron(shellCommand([installation.command.node, ...argumentsOf(installation, words)], installation.environment));
	if (Buffer.byteLength(command) > maximumCommandCharacters) {
		throw new CofferError('configuration-invalid', `A line of the crontab would have ${Buffer.byteLength(command)} characters, more than cron reads (${maximumCommandCharacters}). Move coffer, or its configuration, to a place with a shorter path, or use "coffer schedule install --systemd".`);
	}

	return command;
}

/**
The lines of a crontab that start the jobs: one for each that is switched on, and two that make up for missed runs.
@param machineTimeZone - Jobs of another time zone have no line: what makes up for missed runs serves them.
@throws `configuration-invalid`
*/
export function planCrontabBlock(installation: Installation, jobs: readonly Job[], machineTimeZone: string): string {
	const {id, configFile} = installation;
	const enabled = jobs.filter(({isEnabled}) => isEnabled);
	const own = enabled.filter(job => hasCronLine(job, machineTimeZone));
	const others = enabled.filter(job => !own.includes(job));
	const catchUp = commandLine(installation, wordsOfCatchUp);
	return [
		`# BEGIN coffer ${id} ${configFile}`,
		'# Written by "coffer schedule install" from the configuration; it is written anew there, so change that and install again. "coffer schedule remove" takes it away.',
		...own.map(({name, expression}) => {
			assertWritable(name, 'The name of a job');
			return `${expression.trim().replaceAll(/\s+/g, ' ')} ${commandLine(installation, wordsOfJob(name, true))}`;
		}),
		`# Makes up for runs that were missed or have failed${others.length === 0 ? '' : `, and runs what goes by another time zone: ${others.map(({name, timeZone}) => `${name} (${timeZone})`).join(', ')}`}.`,
		`@reboot ${catchUp}`,
		`${catchUpMinute(id)} * * * * ${catchUp}`,
		`# END coffer ${id}`,
		'',
	].join('\n');
}

/** Of a block: from where to where it reaches, its last line feed included. */
type Place = {readonly id: string; readonly configFile: string; readonly start: number; readonly end: number};

const beginning = /^# BEGIN coffer (?<id>[\da-f]{8}) (?<configFile>[^\r]*)\r?$/;
const ending = /^# END coffer (?<id>[\da-f]{8})\r?$/;

/** The blocks of every installation. @throws `state-failed` for one that is not whole */
function findPlaces(crontab: string): Place[] {
	const places: Place[] = [];
	let open: Omit<Place, 'end'> | undefined;
	let at = 0;
	for (const line of crontab.split(/(?<=\n)/)) {
		const text = line.replace(/\n$/, '');
		const begin = beginning.exec(text)?.groups;
		const end = ending.exec(text)?.groups;
		if ((begin && open) || (end && end['id'] !== open?.id)) {
			throw new CofferError('state-failed', `In the crontab the lines of coffer are not whole: "${text}" does not fit what stands before it. Nothing was changed. Take what is left of them away with "crontab -e", and install again.`);
		}

		if (begin) {
			open = {id: begin['id']!, configFile: begin['configFile']!, start: at};
		} else if (end && open) {
			places.push({...open, end: at + line.length});
			open = undefined;
		}

		at += line.length;
	}

	if (open) {
		throw new CofferError('state-failed', `In the crontab the lines of coffer that begin with "# BEGIN coffer ${open.id}" have no end. Nothing was changed. Take what is left of them away with "crontab -e", and install again.`);
	}

	return places;
}

/** A block as it stands in a crontab. */
export type FoundBlock = {readonly id: string; readonly configFile: string; readonly text: string};

/** The blocks of every installation. @param crontab - One character a byte. @throws `state-failed` for one that is not whole */
export function findBlocks(crontab: string): FoundBlock[] {
	const toText = (bytes: string): string => Buffer.from(bytes, 'latin1').toString();
	return findPlaces(crontab).map(({id, configFile, start, end}) => ({id, configFile: toText(configFile), text: toText(crontab.slice(start, end))}));
}

/** A crontab without what coffer has written into it, for any installation. @throws `state-failed` */
export function withoutBlocks(crontab: string): string {
	return findPlaces(crontab).reduceRight((rest, {start, end}) => rest.slice(0, start) + rest.slice(end), crontab);
}

/**
A crontab with the block of one installation put where the earlier one stood, or at its end; every other byte stays. One that does not end with a line feed gets it at its beginning.
@param crontab - One character a byte.
@param block - `undefined` takes it away.
@throws `state-failed` for a crontab whose blocks are not whole
*/
export function replaceBlock(crontab: string, id: string, block: string | undefined): string {
	const places = findPlaces(crontab).filter(place => place.id === id);
	const bytes = Buffer.from(block ?? '').toString('latin1');
	const rest = places.reduceRight((text, {start, end}) => text.slice(0, start) + text.slice(end), crontab);
	const at = places[0]?.start ?? (rest === '' || rest.endsWith('\n') ? rest.length : 0);
	return rest.slice(0, at) + bytes + rest.slice(at);
}
