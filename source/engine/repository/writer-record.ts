import {CofferError} from '../errors.ts';
import type {DataKeyId, WriterId} from '../ids.ts';
import type {ProcessIdentity, Runtime} from '../runtime.ts';
import type {JsonValue} from './canonical-json.ts';
import {Fields} from './fields.ts';

/*
writers/<id>: a metadata object of type 8: a run that is writing. Body: {"bootId", "dataKey": id, "heartbeat": RFC 3339, "host", "id", "pid", "startTicks"}. It is written before the run
reads pruning/, renewed while it lives, and removed at its end. `dataKey` is what the run's packs are under: nobody else replaces them while it lives.
*/

export type WriterRecord = {
	readonly id: WriterId;
	readonly process: ProcessIdentity;
	/** What its packs are encrypted under. */
	readonly dataKeyId: DataKeyId;
	/** RFC 3339: when it last said that it lives. */
	readonly heartbeat: string;
};

/** How often a run renews its record. */
export const heartbeatIntervalMs = 5 * 60 * 1000;
/** A record without a heartbeat for so long belongs to nobody. */
export const writerExpiryMs = 24 * 60 * 60 * 1000;

export const writerName = (id: WriterId): string => `writers/${id}`;

export function encodeWriterRecord({id, process, dataKeyId, heartbeat}: WriterRecord): JsonValue {
	return {...process, dataKey: dataKeyId, heartbeat, id};
}

/** @param name - Of the object; the body must agree with it. @throws `damaged` */
export function decodeWriterRecord(body: JsonValue, name: string): WriterRecord {
	const fields = new Fields(body, name);
	const record = {
		id: fields.id<WriterId>('id', 16),
		dataKeyId: fields.id<DataKeyId>('dataKey', 16),
		heartbeat: fields.time('heartbeat'),
		process: {host: fields.text('host', 300), bootId: fields.text('bootId', 100), pid: fields.integer('pid'), startTicks: fields.integer('startTicks')},
	};
	if (writerName(record.id) !== name) {
		throw new CofferError('damaged', `${name} holds the record of another run than its name says: it was renamed or swapped.`);
	}

	return record;
}

/** Whether the run is surely over: its process is dead, or it has not been heard of for a day. Holds for a lock's record, too. */
export function isWriterStale(record: Pick<WriterRecord, 'process' | 'heartbeat'>, runtime: Runtime): boolean {
	return !runtime.isAlive(record.process) || runtime.now() - Date.parse(record.heartbeat) > writerExpiryMs;
}
