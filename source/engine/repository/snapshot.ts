import type {AuditHead} from '../audit-head.ts';
import {classifications, type Classification} from '../classification.ts';
import type {ContentMeasures} from '../content-measures.ts';
import {CofferError} from '../errors.ts';
import type {BlobId, SnapshotId} from '../ids.ts';
import type {Canary, Incident} from '../incident.ts';
import type {SourceFacts} from '../source-facts.ts';
import type {JsonValue} from './canonical-json.ts';
import {decodeAuditHead} from './audit-mark.ts';
import {Fields} from './fields.ts';
import {decodeFacts, encodeFacts} from './snapshot-facts.ts';
import {decodeCanaries, decodeIncidents, decodeMeasures, encodeCanaries, encodeIncidents, encodeMeasures} from './snapshot-measures.ts';

/*
snapshots/<UTC time>-<id>: a metadata object of type 6; the time is the snapshot's, as 20261121T184600.123Z. The members of its body are those of `Snapshot`; a reader ignores
members that it does not know, as they are signed. The snapshots of one source on one host form a chain: "previous" names the id and the SHA-256 of the predecessor's canonical body, which
holds nothing that a rotation changes.
*/

export const backupClasses = ['manual', 'daily', 'weekly', 'monthly'] as const;
export type BackupClass = typeof backupClasses[number];

export const sourceKinds = ['files', 'git', 'postgres', 'mysql', 'sqlite', 'command'] as const;
export type SourceKind = typeof sourceKinds[number];

export type SnapshotStatistics = {
	readonly files: number;
	readonly directories: number;
	/** Of all files. */
	readonly bytes: number;
	/** Plaintext of blobs that were new. */
	readonly addedBytes: number;
	/** What the run added to the storage. */
	readonly storedBytes: number;
	readonly durationMs: number;
	/** Entries that could not be read and are missing. */
	readonly unreadable: number;
	/** Of backups of files. */
	readonly measures?: ContentMeasures;
};

export type Snapshot = {
	readonly id: SnapshotId;
	/** RFC 3339 with milliseconds: when the run began. */
	readonly time: string;
	readonly source: string;
	readonly kind: SourceKind;
	readonly class: BackupClass;
	readonly host: string;
	readonly user: string;
	readonly tags: readonly string[];
	/** What was backed up, for people. */
	readonly paths: readonly string[];
	/** The blobs of the root tree; the root is `/`. */
	readonly tree: readonly BlobId[];
	readonly statistics: SnapshotStatistics;
	readonly previous?: {readonly id: SnapshotId; readonly sha256: string};
	/** "coffer 0.1.0" */
	readonly program: string;
	/** Where the source has one. */
	readonly classification?: Classification;
	/** What the source said of itself, where its kind does. */
	readonly facts?: SourceFacts;
	/** The end of the audit log of its host when it was made. */
	readonly audit?: AuditHead;
	/** Where the source has any. */
	readonly canaries?: readonly Canary[];
	/** What looks like a loss and is not mended yet; left out where there is nothing. */
	readonly incidents?: readonly Incident[];
};

const compactTime = (time: string): string => time.replaceAll(/[-:]/g, '');

export const snapshotName = (snapshot: Pick<Snapshot, 'id' | 'time'>): string => `snapshots/${compactTime(snapshot.time)}-${snapshot.id}`;

/** The id in a snapshot's name, or `undefined` for another name. */
export function snapshotIdOfName(name: string): SnapshotId | undefined {
	return /^snapshots\/\d{8}T\d{6}\.\d{3}Z-(?<id>[\da-f]{32})$/.exec(name)?.groups?.['id'] as SnapshotId | undefined;
}

export function encodeSnapshot(snapshot: Snapshot): JsonValue {
	const {statistics: {measures, ...statistics}, previous, facts, audit, canaries, incidents, ...rest} = snapshot;
	return {
		...rest,
		statistics: {...statistics, measures: measures && encodeMeasures(measures)},
		previous: previous && {...previous},
		facts: facts && encodeFacts(facts),
		audit: audit && {...audit},
		canaries: canaries && encodeCanaries(canaries),
		incidents: incidents && encodeIncidents(incidents),
	};
}

/** @param name - Of the object; the body must agree with it. @throws `damaged` */
export function decodeSnapshot(body: JsonValue, name: string): Snapshot {
	const fields = new Fields(body, name);
	const statistics = fields.object('statistics');
	const previous = fields.has('previous') ? fields.object('previous') : undefined;
	const snapshot: Snapshot = {
		id: fields.id<SnapshotId>('id', 16),
		time: fields.time('time'),
		source: fields.text('source', 200),
		kind: fields.choice('kind', sourceKinds),
		class: fields.choice('class', backupClasses),
		host: fields.text('host', 300),
		user: fields.text('user', 300),
		tags: fields.texts('tags'),
		paths: fields.texts('paths'),
		tree: fields.ids<BlobId>('tree', 32),
		program: fields.text('program', 100),
		statistics: {
			files: statistics.integer('files'),
			directories: statistics.integer('directories'),
			bytes: statistics.integer('bytes'),
			addedBytes: statistics.integer('addedBytes'),
			storedBytes: statistics.integer('storedBytes'),
			durationMs: statistics.integer('durationMs'),
			unreadable: statistics.integer('unreadable'),
			...(statistics.has('measures') && {measures: decodeMeasures(statistics.object('measures'))}),
		},
		...(fields.has('classification') && {classification: fields.choice('classification', classifications)}),
		...(fields.has('facts') && {facts: decodeFacts(fields.object('facts'))}),
		...(fields.has('audit') && {audit: decodeAuditHead(fields.object('audit'))}),
		...(fields.has('canaries') && {canaries: decodeCanaries(fields.objects('canaries'))}),
		...(fields.has('incidents') && {incidents: decodeIncidents(fields.objects('incidents'))}),
		...(previous && {previous: {id: previous.id<SnapshotId>('id', 16), sha256: previous.text('sha256', 64)}}),
	};
	if (snapshotName(snapshot) !== name) {
		throw new CofferError('damaged', `${name} holds the snapshot ${snapshot.id} of ${snapshot.time}: it was renamed or swapped.`);
	}

	return snapshot;
}
