import {isCofferError, openHostTrail, storageUrlOf, type AuditedWork} from '../engine/index.ts';
import type {CommandContext} from './command-line.ts';
import {repositoryUrl} from './connection.ts';
import {originOf} from './origin.ts';

/** Where the repository lies that is meant, as its storage has it; `undefined` where that cannot be told: a configuration that cannot be used is what is being mended. */
async function findPlace(context: CommandContext): Promise<string | undefined> {
	try {
		const url = repositoryUrl(context, await context.config());
		return url === undefined ? undefined : storageUrlOf(url);
	} catch (error) {
		if (isCofferError(error, 'configuration-invalid', 'usage')) {
			return undefined;
		}

		throw error;
	}
}

/**
Do something that changes how backups are made, without the repository, noted in the audit log of the repository that the configuration names. Where this host has never worked with one, there is no log yet.
@param origin - From where it is done. @default what the command line tells
@throws `audit-failed` before anything is done, where it cannot be noted; what `action` throws
*/
export async function noted<Result>(context: CommandContext, work: AuditedWork, action: () => Promise<Result>, origin = originOf(context)): Promise<Result> {
	const {runtime, output, paths: {stateFolder}} = context;
	const url = await findPlace(context);
	const trail = url === undefined
		? undefined
		: openHostTrail({stateFolder, url, runtime, origin, warn(message) {
			output.warn(message);
		}});
	try {
		return await (trail === undefined ? action() : trail.run(work, action));
	} finally {
		trail?.log.close();
	}
}
