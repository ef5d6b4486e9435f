import {closeSync, fsyncSync, openSync, readFileSync, renameSync, unlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {CofferError, errorText, systemErrorCode} from '../errors.ts';
import {makeFolders} from '../make-folders.ts';
import type {Runtime} from '../runtime.ts';

/** One JSON file in which this host remembers something. */
export type StateFile<Value> = {
	/** Absolute. */
	readonly path: string;
	/** Checks what the file holds; throws anything when it is not what belongs there. */
	readonly decode: (value: unknown) => Value;
	/** What is remembered where there is no file. */
	readonly empty: () => Value;
};

export type StateContext = {
	readonly runtime: Runtime;
	/** Told what a person should know, such as a damaged file that was set aside. */
	readonly warn: (message: string) => void;
};

function stateError(action: string, file: string, error: unknown): CofferError {
	return new CofferError('state-failed', `What this host remembers could not be ${action} (${file}): ${errorText(error)}`, {context: {file}, cause: error});
}

function readText(file: string): string | undefined {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) {
			return undefined;
		}

		throw stateError('read', file, error);
	}
}

/**
Read a state file. A damaged one is set aside (`NAME.damaged-TIME`), with a warning, and begun anew.
@throws `state-failed` when it can be neither read nor set aside
*/
export function readState<Value>(file: StateFile<Value>, {runtime, warn}: StateContext): Value {
	const text = readText(file.path);
	if (text === undefined) {
		return file.empty();
	}

	try {
		return file.decode(JSON.parse(text));
	} catch {
		const aside = `${file.path}.damaged-${runtime.now()}`;
		try {
			renameSync(file.path, aside);
		} catch (error) {
			throw stateError('set aside, though it is damaged', file.path, error);
		}

		warn(`What this host remembered in ${file.path} was damaged. It was set aside as ${aside} and is begun anew; the repository itself is not touched by this.`);
		return file.empty();
	}
}

/**
Replace a state file, atomically and durably; mode 0600, its folders 0700. Readers see the old content or the new one.
@throws `state-failed`
*/
export function writeState(file: string, value: unknown, {runtime}: Pick<StateContext, 'runtime'>): void {
	const temporary = `${file}.${runtime.randomBytes(8).toString('hex')}.tmp`;
	try {
		makeFolders(path.dirname(file));
		const descriptor = openSync(temporary, 'wx', 0o600);
		try {
			// Not writeSync: that may take a part only, on a disk that is nearly full.
			writeFileSync(descriptor, `${JSON.stringify(value, undefined, '\t')}\n`);
			fsyncSync(descriptor);
		} finally {
			closeSync(descriptor);
		}

		renameSync(temporary, file);
	} catch (error) {
		try {
			unlinkSync(temporary);
		} catch {}

		throw stateError('written', file, error);
	}
}

/** Read, change and write in one go, so that little time is left for another process to write in between. @throws `state-failed` */
export function updateState<Value>(file: StateFile<Value>, context: StateContext, change: (value: Value) => Value): void {
	writeState(file.path, change(readState(file, context)), context);
}
