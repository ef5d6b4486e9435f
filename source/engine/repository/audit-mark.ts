import type {AuditHead} from '../audit-head.ts';
import type {Fields} from './fields.ts';

/*
`audit` in snapshots and tombstones: {"mac": 64 digits, "number"}: the end of the audit log of their host when they were written, for the day when somebody changes that log. Readers that do not know it pass it over; it is signed with the rest.
*/

/** @throws `damaged` */
export function decodeAuditHead(fields: Fields): AuditHead {
	return {number: fields.integer('number'), mac: fields.id('mac', 32)};
}
