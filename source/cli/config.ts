import {constants} from 'node:fs';
import {open} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {CofferError, errorText, systemErrorCode} from '../engine/index.ts';
import type {Config, ConfigProblem} from './config-schema.ts';
import {describeOffset, findJsonPlaces, type JsonPlaces} from './json-places.ts';
import {findJsonError} from './json-position.ts';

/** A configuration and where it came from. */
export type LoadedConfig = Config & {
	readonly file: string;
	/** Where relative paths in it begin. */
	readonly folder: string;
};

const maximumConfigBytes = 1024 * 1024;

function invalid(file: string, what: string, cause?: unknown): CofferError {
	return new CofferError('configuration-invalid', `The configuration ${file} cannot be used: ${what}`, {context: {file}, cause});
}

/** The text of the configuration, or `undefined` where there is none. @throws `configuration-invalid` for a file that others could have written, or that cannot be read */
export async function readConfigText(file: string): Promise<string | undefined> {
	try {
		const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
		try {
			const status = await handle.stat();
			if (!status.isFile() || status.size > maximumConfigBytes) {
				throw invalid(file, status.isFile() ? 'it is larger than any configuration.' : 'it is not a regular file.');
			}

			// It can name commands to run, so whoever may write it may act as this user.
			const isForeign = status.uid !== 0 && status.uid !== process.geteuid?.();
			if (isForeign || (status.mode & 0o002) !== 0) {
				throw invalid(file, isForeign ? 'it belongs to another user.' : `everybody may write to it. Run: chmod o-w ${file}`);
			}

			return await handle.readFile('utf8');
		} finally {
			await handle.close();
		}
	} catch (error) {
		if (systemErrorCode(error) === 'ENOENT') {
			return undefined;
		}

		throw error instanceof CofferError ? error : invalid(file, `${errorText(error)}.`, error);
	}
}

/** Something wrong with a configuration, and where it stands in the file. */
export type PlacedProblem = ConfigProblem & {
	/** `line 3, column 2`; of what is missing, that of the thing around it, if any. */
	readonly position?: string;
};

/** A configuration that was checked: what it says, or everything that is wrong with it. */
export type CheckedConfig = {readonly config: Config; readonly problems: readonly []} | {readonly config?: undefined; readonly problems: readonly PlacedProblem[]};

/** The place where it stands, or that of the nearest thing around it. */
function positionOf(place: string, text: string, {offsets}: JsonPlaces): string | undefined {
	for (let outer = place; outer !== ''; outer = outer.replace(/(?:\.|^)[^.[\]]*$|\[\d+\]$/, '')) {
		const offset = offsets.get(outer);
		if (offset !== undefined) {
			return describeOffset(text, offset);
		}
	}

	return undefined;
}

/** Check the text of a configuration; every problem comes with its exact place. */
export async function checkConfig(fileText: string): Promise<CheckedConfig> {
	const text = fileText.replace(/^\uFEFF/, '');
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		// The parser quotes the file; a place says as much, and shows nothing that was pasted there by mistake.
		const position = describeOffset(text, findJsonError(text));
		return {problems: [{place: '', position, message: 'it is not valid JSON'}]};
	}

	const {configSchema, describeIssues} = await import('./config-schema.ts');
	const places = findJsonPlaces(text);
	const result = configSchema.safeParse(value);
	const problems = [
		...places.repeated.map(place => ({place, message: `${place} stands there twice`})),
		...(result.success ? [] : describeIssues(result.error.issues, value)),
	];
	if (result.success && problems.length === 0) {
		return {config: result.data, problems: []};
	}

	return {problems: problems.map(problem => {
		const position = positionOf(problem.place, text, places);
		return {...problem, ...(position !== undefined && {position})};
	})};
}

/** All problems in one line. */
export function describeProblems(problems: readonly PlacedProblem[]): string {
	return `${problems.map(({message, position}) => `${message}${position === undefined ? '' : ` (${position})`}`).join('; ')}.`;
}

/**
Read and check the configuration. The file is never written here.
@returns `undefined` where there is no file and `isNamed` is false
@throws `configuration-invalid`, with the exact place
*/
export async function loadConfig(file: string, {isNamed}: {readonly isNamed: boolean}): Promise<LoadedConfig | undefined> {
	const text = await readConfigText(file);
	if (text === undefined) {
		if (isNamed) {
			throw invalid(file, 'there is no such file.');
		}

		return undefined;
	}

	const {config, problems} = await checkConfig(text);
	if (config === undefined) {
		throw invalid(file, `${describeProblems(problems)} "coffer config edit" mends it.`);
	}

	return {...config, file, folder: path.dirname(file)};
}
