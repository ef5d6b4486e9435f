import {CofferError} from '../errors.ts';
import type {StateContext} from '../state/database.ts';
import {readKnownPlace} from '../state/known-place.ts';
import {actorOf} from './actor.ts';
import {AuditLog} from './audit-log.ts';
import {AuditTrail} from './audit-trail.ts';

export type HostTrailOptions = StateContext & {
	/** Absolute. */
	readonly stateFolder: string;
	/** Where the repository lies, as its storage has it. */
	readonly url: string;
	/** See `EngineOptions`. */
	readonly origin?: string | undefined;
};

/**
Note what is done on this host without opening its repository, such as a change of the configuration, in the log of the repository that this host knows at a URL.
@returns `undefined` where it knows none there, or nothing has ever been noted of it
@throws `audit-failed`
*/
export function openHostTrail({stateFolder, url, origin, runtime, warn}: HostTrailOptions): AuditTrail | undefined {
	const repository = readKnownPlace(stateFolder, url, {runtime, warn});
	if (repository === undefined) {
		return undefined;
	}

	const log = new AuditLog({stateFolder, repository, runtime, warn});
	const kept = log.localKey();
	if (kept === undefined) {
		return undefined;
	}

	kept.fill(0);
	const actor = actorOf(runtime, origin);
	return new AuditTrail({
		log,
		runtime,
		warn,
		actor: () => actor,
		withKey(action) {
			const key = log.localKey();
			if (key === undefined) {
				throw new CofferError('audit-failed', `The key of the audit log is gone from ${log.folder}. Any command that opens the repository puts it back, such as "coffer backup".`);
			}

			try {
				return action(key);
			} finally {
				key.fill(0);
			}
		},
	});
}
