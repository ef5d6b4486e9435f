import {readdir, readFile, unlink} from 'node:fs/promises';
import path from 'node:path';
import {CofferError, errorText, makeFolders, systemErrorCode} from '../../engine/index.ts';
import {replaceFile, syncFolder} from '../durable-file.ts';
import {unitMark} from './unit-texts.ts';

const unitFile = /^coffer[^/]*\.(?:service|timer)$/;
const marked = /^# coffer schedule (?<id>[\da-f]{8}): (?<configFile>.*)\n/;

/** A unit that `coffer schedule install` has written. */
export type FoundUnit = {
	/** Of the file. */
	readonly name: string;
	readonly id: string;
	readonly configFile: string;
	readonly text: string;
};

async function readIfThere<Value>(read: () => Promise<Value>, missing: Value, about: string): Promise<Value> {
	try {
		return await read();
	} catch (error) {
		if (systemErrorCode(error) === 'ENOENT') {
			return missing;
		}

		throw new CofferError('state-failed', `Could not read ${about}: ${errorText(error)}`, {cause: error});
	}
}

/** Every unit in a folder that coffer has written, for any installation. @throws `state-failed` */
export async function findUnits(folder: string): Promise<FoundUnit[]> {
	const names = await readIfThere(async () => readdir(folder), [], folder);
	const units: FoundUnit[] = [];
	for (const name of names.filter(candidate => unitFile.test(candidate)).toSorted()) {
		const file = path.join(folder, name);
		const text = await readIfThere(async () => readFile(file, 'utf8'), '', file);
		const groups = marked.exec(text)?.groups;
		if (groups) {
			units.push({name, id: groups['id']!, configFile: groups['configFile']!, text});
		}
	}

	return units;
}

/** See that units may be written: nothing of others has their name. @throws `state-failed` */
export async function assertOurs(folder: string, names: Iterable<string>, id: string): Promise<void> {
	for (const name of names) {
		const file = path.join(folder, name);
		const text = await readIfThere(async () => readFile(file, 'utf8'), undefined, file);
		if (text !== undefined && !text.startsWith(unitMark(id))) {
			throw new CofferError('state-failed', `${file} is there already, and was not written for this configuration. Nothing was changed. Move it away, or give the job another name.`, {context: {file}});
		}
	}
}

/** Write a unit: whoever reads it finds the old one or the new one. Readable for everybody, as units are. @throws `state-failed` */
export async function writeUnit(folder: string, name: string, text: string, random: string): Promise<void> {
	const file = path.join(folder, name);
	const ready = path.join(folder, `.${name.slice(0, 200)}.${random}`);
	try {
		makeFolders(folder, 0o755);
		await replaceFile(file, text, ready, 0o644);
	} catch (error) {
		throw new CofferError('state-failed', `Could not write the unit ${file}: ${errorText(error)}`, {context: {file}, cause: error});
	}
}

/** Where a unit that is switched on has a link: systemd.unit(5). */
const wanting = ['timers.target.wants', 'multi-user.target.wants', 'default.target.wants'];

/** Take units away, and with them what switches them on, should systemd not have done so. @throws `state-failed` */
export async function removeUnits(folder: string, names: readonly string[]): Promise<void> {
	for (const name of names) {
		for (const file of [...wanting.map(target => path.join(folder, target, name)), path.join(folder, name)]) {
			try {
				await unlink(file);
			} catch (error) {
				if (!['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) {
					throw new CofferError('state-failed', `Could not take the unit ${file} away: ${errorText(error)}`, {context: {file}, cause: error});
				}
			}
		}
	}

	if (names.length > 0) {
		await syncFolder(folder);
	}
}
