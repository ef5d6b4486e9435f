import type {CommandContext} from '../command-line.ts';
import {compareUnits} from './apply-units.ts';
import {unitFolder, type Starter} from './choose-starter.ts';
import {replaceBlock} from './crontab-block.ts';
import type {Installed, UnitsThere} from './find-installed.ts';
import type {Installation} from './installation.ts';
import type {Plan} from './plan.ts';

/** A file that is written: `crontab`, or an absolute path. */
export type WrittenFile = {readonly file: string; readonly text: string};

/** What differs between what is there for one starter and what is planned for it. */
export type Difference = {
	/** The whole crontab as it is to be, one character a byte. */
	readonly crontab?: string;
	readonly there?: UnitsThere;
	readonly written: readonly WrittenFile[];
	readonly removed: readonly string[];
};

/** What is there, and who is to start the jobs of which installation. */
export type DifferenceRequest = {readonly starter: Starter; readonly installation: Installation; readonly installed: Installed};

/** @throws `state-failed` for a crontab whose blocks are not whole */
export function findDifference(context: CommandContext, plan: Plan, {starter, installation: {id}, installed}: DifferenceRequest): Difference {
	if (plan.block !== undefined || starter.kind === 'cron') {
		const crontab = replaceBlock(installed.crontab ?? '', id, plan.block);
		return {crontab, written: crontab === installed.crontab ? [] : [{file: 'crontab', text: plan.block ?? ''}], removed: []};
	}

	const {isSystem} = starter;
	const folder = unitFolder(context, isSystem);
	const there = installed.unitFolders.find(found => found.isSystem === isSystem) ?? {isSystem, folder, units: []};
	const {written, removed} = compareUnits(there, id, plan.units);
	return {there, written: [...written].map(([name, text]) => ({file: `${folder}/${name}`, text})), removed: removed.map(name => `${folder}/${name}`)};
}
