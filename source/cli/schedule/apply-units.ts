import type {CommandContext} from '../command-line.ts';
import type {UnitsThere} from './find-installed.ts';
import type {PlannedUnits} from './plan-units.ts';
import {requireSystemctl, type Systemctl} from './systemctl.ts';
import {assertOurs, removeUnits, writeUnit} from './unit-folder.ts';

/** What there is to do so that a folder has the planned units of one installation, and no others of it. */
export type UnitChanges = {
	/** Texts of files by name: new, or with another text. */
	readonly written: ReadonlyMap<string, string>;
	/** Names of files. */
	readonly removed: readonly string[];
};

const isTimer = (name: string): boolean => name.endsWith('.timer');

/** @param planned - @default none: all of it goes */
export function compareUnits({units}: UnitsThere, id: string, planned?: PlannedUnits): UnitChanges {
	const own = new Map(units.filter(unit => unit.id === id).map(({name, text}) => [name, text]));
	const files = planned?.files ?? new Map<string, string>();
	return {
		written: new Map([...files].filter(([name, text]) => own.get(name) !== text)),
		removed: [...own.keys()].filter(name => !files.has(name)),
	};
}

/** What there is, and what there is to be of one installation. */
export type UnitsRequest = {
	readonly there: UnitsThere;
	readonly id: string;
	/** @default none: all of it goes */
	readonly planned?: PlannedUnits;
};

/**
Bring the units of one installation in line: those that are not wanted any more are switched off first, then the others are written, services before what starts them.
@returns Whether anything was changed.
@throws `state-failed`; `aborted`
*/
export async function didApplyUnits({runtime}: Pick<CommandContext, 'runtime'>, systemctl: Systemctl | undefined, {there, id, planned}: UnitsRequest): Promise<boolean> {
	const {written, removed} = compareUnits(there, id, planned);
	const {folder, isSystem} = there;
	const running = systemctl === undefined && planned === undefined ? undefined : requireSystemctl(systemctl, isSystem);
	await assertOurs(folder, written.keys(), id);
	// A service of a job that runs now goes on to its end.
	const stopped = removed.filter(name => isTimer(name) || name.endsWith('-daemon.service'));
	if (stopped.length > 0) {
		await running?.disable(stopped);
	}

	await removeUnits(folder, removed);
	for (const [name, text] of [...written].toSorted(([one], [other]) => Number(isTimer(one)) - Number(isTimer(other)))) {
		await writeUnit(folder, name, text, runtime.randomBytes(4).toString('hex'));
	}

	// Also where nothing was written: an earlier call may have got no further.
	await running?.reload();
	const inactive = await running?.findInactive(planned?.enabled ?? []) ?? [];
	if (inactive.length > 0) {
		await running?.enable(inactive);
	}

	return written.size + removed.length + inactive.length > 0;
}
