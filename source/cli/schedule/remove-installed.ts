import type {ProgramContext} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {didApplyUnits} from './apply-units.ts';
import type {Starter} from './choose-starter.ts';
import {replaceBlock} from './crontab-block.ts';
import {CrontabProgram} from './crontab-program.ts';
import type {Installed} from './find-installed.ts';
import {Systemctl} from './systemctl.ts';

/** What was taken away, or would be. */
export type Removed = {readonly crontabLines: boolean; readonly units: readonly string[]};

export type RemoveOptions = {
	readonly id: string;
	/** What is there for this starter stays. @default nothing stays */
	readonly kept?: Starter;
	/** Only say what would be taken away. @default false */
	readonly isDryRun?: boolean;
};

/** Take away what starts the jobs of one installation, and nothing else. @throws `state-failed`; `aborted` */
export async function removeInstalled(context: CommandContext, programs: ProgramContext, installed: Installed, {id, kept, isDryRun = false}: RemoveOptions): Promise<Removed> {
	const {crontab = '', blocks, unitFolders} = installed;
	const hasLines = kept?.kind !== 'cron' && blocks.some(block => block.id === id);
	const foldersToEmpty = unitFolders.filter(({isSystem, units}) => units.some(unit => unit.id === id) && !(kept !== undefined && kept.kind !== 'cron' && kept.isSystem === isSystem));
	if (!isDryRun) {
		if (hasLines) {
			await CrontabProgram.require(programs).write(replaceBlock(crontab, id, undefined));
		}

		for (const there of foldersToEmpty) {
			await didApplyUnits(context, await Systemctl.find(programs, context.starterPlaces.runningSystemd, there.isSystem), {there, id});
		}
	}

	return {crontabLines: hasLines, units: foldersToEmpty.flatMap(({folder, units}) => units.filter(unit => unit.id === id).map(({name}) => `${folder}/${name}`))};
}
