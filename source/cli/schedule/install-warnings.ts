import {realpath, stat} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type {CommandContext} from '../command-line.ts';
import type {Starter} from './choose-starter.ts';
import type {Installation} from './installation.ts';

/** The part of a path that somebody else than this user and root may replace. */
async function findForeignPart(file: string): Promise<string | undefined> {
	const own = process.geteuid?.();
	for (let part = await realpath(file).catch(() => file); ; part = path.dirname(part)) {
		const status = await stat(part).catch(() => undefined);
		const isOpen = status !== undefined && (status.mode & 0o002) !== 0 && (status.mode & 0o1000) === 0;
		if (status && (isOpen || (status.uid !== 0 && status.uid !== own))) {
			return part;
		}

		if (part === path.dirname(part)) {
			return undefined;
		}
	}
}

/** What works, and yet a person should know. */
export async function findInstallWarnings({isRoot, starterPlaces, runtime}: CommandContext, starter: Starter, {command: {node, script}}: Installation): Promise<string[]> {
	const warnings: string[] = [];
	for (const [what, file] of [['Node', node], ['coffer', script]] as const) {
		const foreign = await findForeignPart(file);
		if (foreign !== undefined) {
			warnings.push(`${what} is started as ${file}, and ${foreign} belongs to another user or is open to all: whoever may change it ${isRoot ? 'gets root\'s rights' : 'acts as you'}. Better install both for the whole system.`);
		}
	}

	if (starter.kind !== 'cron' && !starter.isSystem && await stat(path.join(starterPlaces.lingeringUsers, runtime.user)).catch(() => undefined) === undefined) {
		warnings.push(`the units run only while ${runtime.user} is logged in. "loginctl enable-linger ${runtime.user}" has them run from boot on.`);
	}

	return warnings;
}
