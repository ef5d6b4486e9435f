import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {InstalledTool, LeftOutTool} from './installed-tools.ts';
import type {Machine} from './machine.ts';
import type {ProfileResult} from './profile-result.ts';
import type {DataSetResult} from './protocol.ts';
import {sectionNames, type SectionName} from './sections.ts';

/** What came out of one section, with all that has to be known of how. Plain data, which is stored. */
export type SectionResult = {
	/** Such as `2026-11-21`. */
	readonly date: string;
	readonly machine: Machine;
	readonly rounds: number;
	/** What repeats it. */
	readonly commandLine: string;
	readonly isTrial: boolean;
	readonly installed: readonly InstalledTool[];
	readonly leftOut: readonly LeftOutTool[];
	readonly dataSets: readonly DataSetResult[];
};

/** Profiles by their names, which stand in the document in this order. */
export const profileNames = ['before', 'after'] as const;

export type ProfileName = typeof profileNames[number];

/** All that a document can be made of; what was never measured is missing. */
export type Results = {
	readonly sections: Readonly<Partial<Record<SectionName, SectionResult>>>;
	readonly profiles: Readonly<Partial<Record<ProfileName, ProfileResult>>>;
};

/** Where what is published is kept from one run to the next. */
export const resultsFolder = path.join(import.meta.dirname, 'results');

function readStored<Result>(folder: string, name: string): Result | undefined {
	let text: string;
	try {
		text = readFileSync(path.join(folder, `${name}.json`), 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
			return undefined;
		}

		throw error;
	}

	return JSON.parse(text) as Result;
}

function readAll<Name extends string, Result>(folder: string, names: readonly Name[], prefix = ''): Partial<Record<Name, Result>> {
	const found = names.map(name => [name, readStored<Result>(folder, `${prefix}${name}`)] as const).filter(([, result]) => result !== undefined);
	return Object.fromEntries(found) as Partial<Record<Name, Result>>;
}

/** Everything that is stored. */
export function readResults(folder: string = resultsFolder): Results {
	return {sections: readAll<SectionName, SectionResult>(folder, sectionNames), profiles: readAll<ProfileName, ProfileResult>(folder, profileNames, 'profile-')};
}

/** Store what came out of a section (`compare`) or a profile (`profile-before`); what was stored of it goes. @returns The file. */
export function storeResult(name: SectionName | `profile-${ProfileName}`, result: SectionResult | ProfileResult, folder: string = resultsFolder): string {
	mkdirSync(folder, {recursive: true});
	const file = path.join(folder, `${name}.json`);
	// Times and sizes with more digits than anybody can measure only make changes of the file hard to read.
	const text = JSON.stringify(result, (_, value: unknown) => typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value, '\t');
	writeFileSync(file, `${text}\n`);
	return file;
}
