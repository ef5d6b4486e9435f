import {realpath} from 'node:fs/promises';
import path from 'node:path';
import {CofferError, errorText, systemErrorCode, type Runtime} from '../../engine/index.ts';
import {replaceFile} from '../durable-file.ts';

/** Readable by everybody: node_exporter runs as a user of its own. */
const mode = 0o644;

/** What is wrong with the name of a file for metrics; `undefined` for nothing. */
export function flawOfMetricsFile(file: string): string | undefined {
	return file.endsWith('.prom') && path.basename(file) !== '.prom' ? undefined : 'must end with ".prom": node_exporter reads no other files';
}

/** A link stays one. */
async function realFile(file: string): Promise<string> {
	try {
		return await realpath(file);
	} catch (error) {
		if (systemErrorCode(error) === 'ENOENT') {
			return path.join(await realpath(path.dirname(file)), path.basename(file));
		}

		throw error;
	}
}

/**
Put metrics in the place of a file, as a whole or not at all, of mode 0644. Its folder must be there.
@param file - Absolute.
@throws `state-failed`
*/
export async function writeMetrics(file: string, text: string, runtime: Runtime): Promise<void> {
	try {
		const target = await realFile(file);
		// What node_exporter does not take for metrics.
		await replaceFile(target, text, path.join(path.dirname(target), `.${path.basename(target)}.${runtime.randomBytes(8).toString('hex')}.tmp`), mode);
	} catch (error) {
		if (systemErrorCode(error) === undefined) {
			throw error;
		}

		throw new CofferError('state-failed', `The metrics could not be written to ${file}: ${errorText(error)}. Make the folder, and let this user write there.`, {context: {file}, cause: error});
	}
}
