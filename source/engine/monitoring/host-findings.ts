import {sizeText} from '../size-text.ts';
import type {Finding, Severity} from './alert.ts';
import type {ClockState} from './clock.ts';
import {defaultMonitorPolicy, type MonitorPolicy} from './monitor-policy.ts';
import {findProgramChanges, type ProgramFacts} from './program-changes.ts';
import {findFewInodes} from './storage-findings.ts';
import {percentUsed} from './storage-overview.ts';

/** A file or folder of this program, as it lies in the file system. */
export type PlaceFacts = {
	readonly what: 'key file' | 'configuration' | 'state folder' | 'repository';
	/** Absolute. */
	readonly path: string;
	/** Permission bits: `0o600`. */
	readonly mode: number;
	readonly uid: number;
	/** Why this user cannot do there what is needed, of a folder. @default it can */
	readonly lack?: string;
};

/** What can be seen of a host without its repository. */
export type HostFacts = {
	/** This host's name. */
	readonly host: string;
	/** Whom this process works for. */
	readonly uid: number;
	readonly places: readonly PlaceFacts[];
	readonly clock: ClockState;
	/** This host's time: RFC 3339. */
	readonly time: string;
	/** @default not known */
	readonly program?: ProgramFacts;
	/** Room where this host remembers things; left out where a repository lies on the same file system, which is looked at by itself. */
	readonly stateSpace?: {readonly folder: string; readonly freeBytes: number; readonly totalBytes: number; readonly freeInodes?: number; readonly totalInodes?: number};
};

/** Less is hardly enough for a run, in bytes. */
const emptyBytes = 200_000_000;

/** Of each place: bits that must not be set, and what they would let others do. */
const rules: Readonly<Record<PlaceFacts['what'], {readonly bits: number; readonly severity: Severity; readonly harm: string; readonly mend: string}>> = {
	'key file': {bits: 0o077, severity: 'critical', harm: 'who can read it can read every backup', mend: 'chmod 600'},
	configuration: {bits: 0o022, severity: 'critical', harm: 'it can name programs that are run as this user', mend: 'chmod go-w'},
	'state folder': {bits: 0o022, severity: 'critical', harm: 'who can write there can change what this host remembers, and hide losses', mend: 'chmod go-w'},
	repository: {bits: 0o022, severity: 'warning', harm: 'who can write there can delete the backups', mend: 'chmod go-w'},
};

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(3, '0');
const quote = (name: string): string => /^[\w./@+-]+$/.test(name) ? name : `'${name.replaceAll('\'', String.raw`'\''`)}'`;

function findOpenPlace({what, path, mode, uid, lack}: PlaceFacts, ownUid: number): Finding[] {
	const {bits, severity, harm, mend} = rules[what];
	const common = {kind: 'permissions', object: path} as const;
	return [
		...((mode & bits) === 0
			? []
			: [{
				...common, severity, key: `permissions:${path}`, message: `others may ${what === 'key file' ? 'read' : 'write'} this ${what} (mode ${octal(mode)})`, cause: harm,
				nextStep: `run "${mend} ${quote(path)}"${what === 'key file' ? ', and rotate the key with "coffer key rotate" if others could have read it' : ''}`,
			}]),
		// A repository may well belong to a user of its own.
		...(uid === ownUid || uid === 0 || what === 'repository'
			? []
			: [{
				...common, severity: 'warning' as const, key: `permissions:owner/${path}`, message: `this ${what} belongs to another user (uid ${uid})`, cause: 'its owner can change it at any time',
				nextStep: `give it to the user who makes the backups, if that is not on purpose: chown ${ownUid} ${quote(path)}`,
			}]),
		...(lack === undefined
			? []
			: [{...common, severity: 'critical' as const, key: `permissions:use/${path}`, message: `this ${what} cannot be used`, cause: lack, nextStep: 'let the user who makes the backups read and write there'}]),
	];
}

/** The configuration, the key file and the folders of this program: who may do what with them. */
export function findOpenPlaces({places, uid}: Pick<HostFacts, 'places' | 'uid'>): Finding[] {
	return places.flatMap(place => findOpenPlace(place, uid));
}

const clocks: Readonly<Record<Exclude<ClockState, 'ok'>, readonly [severity: Severity, message: string]>> = {
	behind: ['critical', 'the clock is behind what has happened already'],
	'slightly-behind': ['warning', 'the clock is some minutes or hours behind'],
	ahead: ['warning', 'nothing was backed up for more than a year, or the clock is ahead'],
};

function findWrongClock({clock, time, host}: HostFacts): Finding[] {
	if (clock === 'ok') {
		return [];
	}

	const [severity, message] = clocks[clock];
	return [{
		key: `clock:${host}`, kind: 'clock', severity, object: `clock of ${host}`, message,
		cause: `it says ${time}, which does not fit the times of snapshots and of this program's files`,
		nextStep: 'compare it with another clock, let the network set it ("timedatectl set-ntp true"), and look at what set it wrong',
	}];
}

function findLittleSpace({stateSpace}: HostFacts, {spacePercent}: MonitorPolicy): Finding[] {
	if (stateSpace === undefined || stateSpace.totalBytes === 0) {
		return [];
	}

	const {folder, freeBytes, totalBytes} = stateSpace;
	const isEmpty = freeBytes < emptyBytes;
	return !isEmpty && (totalBytes - freeBytes) / totalBytes <= spacePercent / 100
		? []
		: [{
			key: `space:${folder}`, kind: 'space', severity: isEmpty ? 'critical' : 'warning', object: folder,
			message: `${sizeText(freeBytes)} of ${sizeText(totalBytes)} are free where this host remembers things`,
			cause: 'logs, or other files on the same disk, take the space',
			nextStep: 'free some space there: without any, nothing is logged or remembered',
		}];
}

function findFewStateInodes({stateSpace}: HostFacts, {inodesPercent}: MonitorPolicy): Finding[] {
	return stateSpace ? findFewInodes({object: stateSpace.folder, usedPercent: percentUsed(stateSpace.freeInodes, stateSpace.totalInodes), free: stateSpace.freeInodes}, inodesPercent) : [];
}

function findChangedProgram({program}: HostFacts): Finding[] {
	return program ? findProgramChanges(program) : [];
}

/** What is wrong with this host, as far as it is no matter of its repository. */
export function findHostTrouble(facts: HostFacts, policy: MonitorPolicy = defaultMonitorPolicy): Finding[] {
	return [findOpenPlaces, findWrongClock, findLittleSpace, findFewStateInodes, findChangedProgram].flatMap(find => find(facts, policy));
}
