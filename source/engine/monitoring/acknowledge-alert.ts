import {CofferError} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import type {HostState} from '../state/host-state.ts';
import {toShortLine} from '../state/short-line.ts';

export type AcknowledgeOptions = {
	/** Kept as one line of at most 500 characters. */
	readonly note?: string;
	/** Take back what was noted before. @default false */
	readonly isUndone?: boolean;
};

/**
Note that the user has taken note of an alert, or takes that back.
@throws `usage` where there is no such alert; `state-failed`
*/
export function acknowledgeAlert(state: HostState, runtime: Pick<Runtime, 'now' | 'user'>, key: string, {note, isUndone = false}: AcknowledgeOptions = {}): void {
	const time = new Date(runtime.now()).toISOString();
	const line = note === undefined ? '' : toShortLine(note);
	if (!state.alerts.hasAcknowledged(key, {time, user: runtime.user, ...(line !== '' && {note: line})}, isUndone)) {
		throw new CofferError('usage', `There is no alert "${key}" any more: it is over, or never was. "coffer status" shows those that are there.`, {context: {key}});
	}
}
