import {isDeepStrictEqual} from 'node:util';
import type {Canary, CanaryIncident, DeletedIncident, DroppedIncident, EncryptedIncident, Incident} from '../../incident.ts';
import type {Snapshot} from '../../repository/repository.ts';
import {findDeleted, isRefilled} from './find-deleted.ts';
import {findDropped, stillDropped} from './find-dropped.ts';
import {findEncrypted, isDecrypted} from './find-encrypted.ts';

type Canaries = {readonly canaries: readonly Canary[]; readonly incidents: readonly CanaryIncident[]};

function ofKind<Kind extends Incident['kind']>(incidents: readonly Incident[], kind: Kind): Extract<Incident, {kind: Kind}> | undefined {
	return incidents.find((incident): incident is Extract<Incident, {kind: Kind}> => incident.kind === kind);
}

/** A canary that was odd before is so since then. */
function since(found: readonly CanaryIncident[], before: readonly Incident[]): CanaryIncident[] {
	return found.map(incident => {
		const known = before.find(one => one.kind === 'canary' && one.path === incident.path);
		return known ? {...incident, time: known.time} : incident;
	});
}

/**
What looks like a loss in a snapshot: what it shows itself, compared with the one before it, and what that one had, unless this one shows it mended. That nothing has changed mends nothing.
*/
export function findIncidents(snapshot: Snapshot, previous: Snapshot | undefined, canaries: readonly CanaryIncident[] = []): Incident[] {
	if (previous === undefined) {
		return [...canaries];
	}

	const before = previous.incidents ?? [];
	const encrypted: EncryptedIncident | undefined = ofKind(before, 'encrypted');
	const deleted: DeletedIncident | undefined = ofKind(before, 'deleted');
	const dropped: DroppedIncident | undefined = ofKind(before, 'dropped');
	return [
		findEncrypted(snapshot, previous, encrypted && !isDecrypted(encrypted, snapshot) ? encrypted : undefined),
		findDeleted(snapshot, previous, deleted && !isRefilled(deleted, snapshot) ? deleted : undefined),
		findDropped(snapshot, previous, dropped && stillDropped(dropped, snapshot)),
		...since(canaries, before),
	].filter(incident => incident !== undefined);
}

/** A snapshot that is about to be made, with what looks like a loss in it. */
export function withIncidents(snapshot: Snapshot, previous: Snapshot | undefined, checked?: Canaries): Snapshot {
	const {canaries = [], incidents: ofCanaries} = checked ?? {};
	const incidents = findIncidents(snapshot, previous, ofCanaries);
	return {...snapshot, ...(canaries.length > 0 && {canaries}), ...(incidents.length > 0 && {incidents})};
}

/** What a snapshot shows that the one before it did not, or to a lesser extent. */
export function newIncidents({incidents = []}: Snapshot, previous: Snapshot | undefined): Incident[] {
	return incidents.filter(incident => (previous?.incidents ?? []).every(known => !isDeepStrictEqual(known, incident)));
}
