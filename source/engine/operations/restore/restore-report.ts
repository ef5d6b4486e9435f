import {toDisplayText, type ByteString} from '../../byte-string.ts';
import type {EventListener} from '../../events.ts';
import type {RestoreProblem} from './restore-request.ts';

/** Where an entry was in the snapshot, for people. */
export const snapshotPath = (path: ByteString): string => `/${toDisplayText(path)}`;

/** Counts what becomes of the entries, and tells of those that somebody should know about. */
export class RestoreReport {
	restored = 0;
	skipped = 0;
	failed = 0;
	bytes = 0;
	deleted = 0;
	readonly problems: RestoreProblem[] = [];
	readonly #onEvent: EventListener | undefined;

	constructor(onEvent?: EventListener) {
		this.#onEvent = onEvent;
	}

	/** An entry could not be restored. */
	fail(path: string, message: string): void {
		this.failed++;
		this.problems.push({path, message});
		this.#onEvent?.({event: 'warning', kind: 'lost', path, message: `${path} was not restored: ${message}`});
	}

	/** An entry was left out on purpose. */
	skip(path: string, message: string): void {
		this.skipped++;
		this.#onEvent?.({event: 'warning', kind: 'skipped', path, message: `${path} was skipped: ${message}`});
	}

	/** An entry was restored but for something. */
	warn(path: string, message: string): void {
		this.#onEvent?.({event: 'warning', kind: 'lost', path, message: `${path}: ${message}`});
	}
}
