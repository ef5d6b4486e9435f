import {isCofferError, type ProgramContext} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {unitFolder} from './choose-starter.ts';
import {findBlocks, withoutBlocks, type FoundBlock} from './crontab-block.ts';
import {CrontabProgram} from './crontab-program.ts';
import {findUnits, type FoundUnit} from './unit-folder.ts';

/** The units of coffer in one folder, for any installation. */
export type UnitsThere = {readonly isSystem: boolean; readonly folder: string; readonly units: readonly FoundUnit[]};

/** All that starts coffer on this machine and that this user may see. */
export type Installed = {
	/** One character a byte; `undefined` where there is no cron, or this user may not use it. */
	readonly crontab: string | undefined;
	readonly blocks: readonly FoundBlock[];
	readonly unitFolders: readonly UnitsThere[];
	/** Lines of the crontab that name the program and were not written by it. */
	readonly ownLines: readonly string[];
};

function findOwnLines(crontab: string): string[] {
	const lines = Buffer.from(withoutBlocks(crontab), 'latin1').toString().split('\n');
	return lines.map(line => line.trim()).filter(line => /^[^#\s].*\bcoffer\b/.test(line));
}

/** @param isRequired - Whether it is an error that the crontab cannot be read. @throws `state-failed`; `aborted` */
export async function findInstalled(context: CommandContext, programs: ProgramContext, isRequired = false): Promise<Installed> {
	let crontab: string | undefined;
	try {
		crontab = await CrontabProgram.find(programs)?.read();
	} catch (error) {
		if (isRequired || !isCofferError(error, 'state-failed')) {
			throw error;
		}
	}

	const unitFolders = await Promise.all((context.isRoot ? [true, false] : [false]).map(async isSystem => {
		const folder = unitFolder(context, isSystem);
		return {isSystem, folder, units: await findUnits(folder)};
	}));
	return {crontab, blocks: findBlocks(crontab ?? ''), unitFolders, ownLines: findOwnLines(crontab ?? '')};
}
