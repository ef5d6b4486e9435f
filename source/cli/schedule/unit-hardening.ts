import path from 'node:path';
import {quoteUnitWord} from './unit-words.ts';
import type {UnitSurroundings} from './unit-surroundings.ts';

/** What one unit has to be able to do. */
export type UnitNeeds = {
	/** Whether it may start programs of the administrator's, about which nothing is known. */
	readonly runsPrograms: boolean;
	/** Whether it reads the sources. */
	readonly readsSources: boolean;
	/** Whether it puts a new key file in the place of the old one. */
	readonly rotatesKey: boolean;
	/** Whether it looks at the key file itself: its mode, its owner. */
	readonly examinesKey: boolean;
};

/** For whatever is started: what neither a backup needs, nor hardly a program beside it. Without CAP_SYS_ADMIN, as units of a user are, systemd would take most of it for NoNewPrivileges=, and end every sudo of a hook. */
const ofSystemAlways = ['UMask=0077', 'LockPersonality=yes', 'RestrictRealtime=yes', 'SystemCallArchitectures=native', 'ProtectClock=yes', 'ProtectHostname=yes', 'ProtectKernelLogs=yes'];

/** Of a user's own units: what needs no mount namespace. With one, systemd would map all other users to nobody, and backups would say so of their files. */
const ofUser = ['UMask=0077', 'NoNewPrivileges=yes', 'LockPersonality=yes', 'RestrictRealtime=yes', 'RestrictSUIDSGID=yes', 'RestrictNamespaces=yes', 'SystemCallArchitectures=native'];

/** Read everything; write to folders and change files that belong to others. */
const capabilities = ['CAP_DAC_READ_SEARCH', 'CAP_DAC_OVERRIDE', 'CAP_CHOWN', 'CAP_FOWNER'];

const ofSystem = [
	'NoNewPrivileges=yes',
	'RestrictSUIDSGID=yes',
	'RestrictNamespaces=yes',
	'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
	'ProtectKernelTunables=yes',
	'ProtectControlGroups=yes',
	'DevicePolicy=closed',
	`CapabilityBoundingSet=${capabilities.join(' ')}`,
	'SystemCallFilter=~@clock @cpu-emulation @debug @module @mount @obsolete @raw-io @reboot @swap',
	'SystemCallErrorNumber=EPERM',
	'# Not here: MemoryDenyWriteExecute=, as the JavaScript engine writes the code that it runs; ProtectKernelModules=, PrivateDevices=, ProtectProc= and ProtectHome=, which hide files from a backup,',
	'# or processes from those who look whether a run still lives.',
	'ProtectSystem=strict',
];

/** The folders that it writes to besides those that systemd makes. A missing one is the program's to complain about. */
function writtenFolders({repository, stateFolder, isStateUsual, keyFile, databaseFolders, usesTemporaryFolders}: UnitSurroundings, {readsSources, rotatesKey}: UnitNeeds): string[] {
	return [
		...(repository?.startsWith('/') ? [repository] : []),
		...(isStateUsual ? [] : [stateFolder]),
		...(rotatesKey && keyFile !== undefined ? [path.dirname(keyFile)] : []),
		...(readsSources ? databaseFolders : []),
		...(usesTemporaryFolders ? ['/tmp', '/var/tmp'] : []),
	];
}

/** The lines of a unit that keep its process from what it does not need; each backup still reads everything. */
export function hardeningLines(surroundings: UnitSurroundings, needs: UnitNeeds): string[] {
	const {isSystem, usesTemporaryFolders} = surroundings;
	if (needs.runsPrograms) {
		return ['# Hooks, commands or programs that give a secret are configured: what they need is not known, so only what hardly a program needs is closed.', ...(isSystem ? ofSystemAlways : ['UMask=0077'])];
	}

	if (!isSystem) {
		return ofUser;
	}

	const written = [...new Set(writtenFolders(surroundings, needs))];
	return [
		...ofSystemAlways,
		...ofSystem,
		...(written.length === 0 ? [] : [`ReadWritePaths=${written.map(folder => quoteUnitWord(`-${folder}`)).join(' ')}`]),
		...(usesTemporaryFolders ? [] : ['PrivateTmp=yes']),
	];
}
