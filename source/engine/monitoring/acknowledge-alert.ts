import {CofferError} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import type {HostState} from '../state/host-state.ts';

export type AcknowledgeOptions = {
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
	if (!state.alerts.hasAcknowledged(key, {time, user: runtime.user, ...(note !== undefined && {note})}, isUndone)) {
		throw new CofferError('usage', `There is no alert "${key}" any more: it is over, or never was. "coffer status" shows those that are there.`, {context: {key}});
	}
}
