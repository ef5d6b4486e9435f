import {constants} from 'node:fs';
import {open} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {CofferError, errorText, systemErrorCode} from '../engine/index.ts';
import type {Config} from './config-schema.ts';
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

async function readText(file: string): Promise<string | undefined> {
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

/** Line and column, from 1. */
function describePlace(text: string, offset: number): string {
	const before = text.slice(0, offset).split('\n');
	return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

function parseJson(fileText: string, file: string): unknown {
	const text = fileText.replace(/^\uFEFF/, '');
	try {
		return JSON.parse(text);
	} catch {
		// The parser quotes the file; a place says as much, and shows nothing that was pasted there by mistake.
		throw invalid(file, `it is not valid JSON (${describePlace(text, findJsonError(text))}).`);
	}
}

/**
Read and check the configuration. The file is never written here.
@returns `undefined` where there is no file and `isNamed` is false
@throws `configuration-invalid`, with the exact place
*/
export async function loadConfig(file: string, {isNamed}: {readonly isNamed: boolean}): Promise<LoadedConfig | undefined> {
	const text = await readText(file);
	if (text === undefined) {
		if (isNamed) {
			throw invalid(file, 'there is no such file.');
		}

		return undefined;
	}

	const value = parseJson(text, file);
	const {configSchema, describeIssues} = await import('./config-schema.ts');
	const result = configSchema.safeParse(value);
	if (!result.success) {
		throw invalid(file, `${describeIssues(result.error.issues, value).join('; ')}.`);
	}

	return {...result.data, file, folder: path.dirname(file)};
}
