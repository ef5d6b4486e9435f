import type {AuditHead} from '../audit-head.ts';
import {CofferError} from '../errors.ts';
import type {SnapshotId} from '../ids.ts';
import {decodeAuditHead} from './audit-mark.ts';
import type {JsonValue} from './canonical-json.ts';
import {Fields} from './fields.ts';

/*
tombstones/<snapshot id>: a metadata object of type 7: a snapshot that was forgotten on purpose. Body: {"forgotten": RFC 3339, "host", "id": snapshot id, "reason", "sha256": of the snapshot's
canonical body, "user"}, and "audit" as in snapshots. Without one, a snapshot that another names as its predecessor must be there.
*/

export type Tombstone = {
	readonly id: SnapshotId;
	readonly sha256: string;
	readonly forgotten: string;
	readonly host: string;
	readonly user: string;
	readonly reason: string;
	/** The end of the audit log of `host` then. */
	readonly audit?: AuditHead;
};

export const tombstoneName = (id: SnapshotId): string => `tombstones/${id}`;

export function encodeTombstone(tombstone: Tombstone): JsonValue {
	const {audit, ...rest} = tombstone;
	return {...rest, audit: audit && {...audit}};
}

/** @param name - Of the object; the body must agree with it. @throws `damaged` */
export function decodeTombstone(body: JsonValue, name: string): Tombstone {
	const fields = new Fields(body, name);
	const tombstone: Tombstone = {
		id: fields.id<SnapshotId>('id', 16),
		sha256: fields.text('sha256', 64),
		forgotten: fields.time('forgotten'),
		host: fields.text('host', 300),
		user: fields.text('user', 300),
		reason: fields.text('reason', 1000),
		...(fields.has('audit') && {audit: decodeAuditHead(fields.object('audit'))}),
	};
	if (tombstoneName(tombstone.id) !== name) {
		throw new CofferError('damaged', `${name} holds the tombstone of another snapshot than its name says: it was renamed or swapped.`);
	}

	return tombstone;
}
