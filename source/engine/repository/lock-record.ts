import {CofferError} from '../errors.ts';
import type {LockId} from '../ids.ts';
import type {ProcessIdentity} from '../runtime.ts';
import type {JsonValue} from './canonical-json.ts';
import {Fields} from './fields.ts';

/*
locks/<id>: a metadata object of type 10: an operation that others must not run beside. Body: {"acquired": RFC 3339, "bootId", "heartbeat": RFC 3339, "host", "id", "operation", "pid",
"startTicks", "user"}. It is renewed as a writer's record is, and goes stale as one does.
*/

export type LockRecord = {
	readonly id: LockId;
	readonly process: ProcessIdentity;
	readonly user: string;
	/** What is being done, as its command is called: `forget`, `prune`. */
	readonly operation: string;
	/** RFC 3339. */
	readonly acquired: string;
	/** RFC 3339: when the holder last said that it lives. */
	readonly heartbeat: string;
};

export const lockName = (id: LockId): string => `locks/${id}`;

export function encodeLockRecord({process, ...record}: LockRecord): JsonValue {
	return {...process, ...record};
}

/** @param name - Of the object; the body must agree with it. @throws `damaged` */
export function decodeLockRecord(body: JsonValue, name: string): LockRecord {
	const fields = new Fields(body, name);
	const record = {
		id: fields.id<LockId>('id', 16),
		user: fields.text('user', 300),
		operation: fields.text('operation', 100),
		acquired: fields.time('acquired'),
		heartbeat: fields.time('heartbeat'),
		process: {host: fields.text('host', 300), bootId: fields.text('bootId', 100), pid: fields.integer('pid'), startTicks: fields.integer('startTicks')},
	};
	if (lockName(record.id) !== name) {
		throw new CofferError('damaged', `${name} holds another lock than its name says: it was renamed or swapped.`);
	}

	return record;
}
