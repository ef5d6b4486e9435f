import type {ContentMeasures} from '../content-measures.ts';
import {canaryStates, incidentKinds, type Canary, type DatabaseLoss, type Incident} from '../incident.ts';
import type {JsonValue} from './canonical-json.ts';
import type {Fields} from './fields.ts';

/*
Three optional members of a snapshot's body. In "statistics", of backups of files, "measures": {"changes": {"before", "changedFiles", "newFiles", "opaqueChangedFiles", "removedFiles"}, "examinedFiles",
"former": {"files", "opaqueFiles"}, "looseObjects", "opaqueBytes", "opaqueFiles", "readBytes", "readFiles", "returnedFiles"}; "changes", "former" and "looseObjects" are optional. "canaries": [{"path", "sha256"}], the hash optional.
"incidents": a list of {"kind": "encrypted", "time", "files", "before", "formerlyOpaque"}, {"kind": "deleted", "time", "files", "before"}, {"kind": "dropped", "time", "losses": [{"database", "file", "isWhole": true,
"missing": [texts], "missingTables", "rows", "rowsBefore", "tablesBefore"}]} and {"kind": "canary", "time", "path", "state"}; "formerlyOpaque", "isWhole", "missing", "rows" and "rowsBefore" are optional.
A reader ignores members and kinds of incidents that it does not know.
*/

/** A text that has a canonical form. */
const text = (value: string): string => value.toWellFormed();

export function encodeMeasures({changes, former, ...counts}: ContentMeasures): JsonValue {
	return {...counts, changes: changes && {...changes}, former: former && {...former}};
}

/** @throws `damaged` */
export function decodeMeasures(fields: Fields): ContentMeasures {
	const changes = fields.has('changes') ? fields.object('changes') : undefined;
	const former = fields.has('former') ? fields.object('former') : undefined;
	const looseObjects = fields.optionalInteger('looseObjects');
	return {
		readFiles: fields.integer('readFiles'),
		readBytes: fields.integer('readBytes'),
		examinedFiles: fields.integer('examinedFiles'),
		opaqueFiles: fields.integer('opaqueFiles'),
		opaqueBytes: fields.integer('opaqueBytes'),
		returnedFiles: fields.integer('returnedFiles'),
		...(looseObjects !== undefined && {looseObjects}),
		...(changes && {changes: {
			before: changes.integer('before'),
			newFiles: changes.integer('newFiles'),
			changedFiles: changes.integer('changedFiles'),
			opaqueChangedFiles: changes.integer('opaqueChangedFiles'),
			removedFiles: changes.integer('removedFiles'),
		}}),
		...(former && {former: {files: former.integer('files'), opaqueFiles: former.integer('opaqueFiles')}}),
	};
}

export function encodeCanaries(canaries: readonly Canary[]): JsonValue {
	return canaries.map(({path, sha256}) => ({path: text(path), sha256}));
}

/** @throws `damaged` */
export function decodeCanaries(fields: readonly Fields[]): Canary[] {
	return fields.map(one => {
		const sha256 = one.optionalText('sha256', 64);
		return {path: one.text('path'), ...(sha256 !== undefined && {sha256})};
	});
}

function encodeLoss({database, file, isWhole, missing, ...counts}: DatabaseLoss): JsonValue {
	return {...counts, database: text(database), file: text(file), isWhole: isWhole ? true : undefined, missing: missing?.map(name => text(name))};
}

function decodeLoss(fields: Fields): DatabaseLoss {
	const rowsBefore = fields.optionalInteger('rowsBefore');
	const rows = fields.optionalInteger('rows');
	return {
		database: fields.text('database'),
		file: fields.text('file'),
		tablesBefore: fields.integer('tablesBefore'),
		missingTables: fields.integer('missingTables'),
		...(fields.flag('isWhole') && {isWhole: true}),
		...(fields.has('missing') && {missing: fields.texts('missing')}),
		...(rowsBefore !== undefined && {rowsBefore}),
		...(rows !== undefined && {rows}),
	};
}

function encodeIncident(incident: Incident): JsonValue {
	switch (incident.kind) {
		case 'dropped': {
			return {...incident, losses: incident.losses.map(loss => encodeLoss(loss))};
		}

		case 'canary': {
			return {...incident, path: text(incident.path)};
		}

		case 'encrypted':
		case 'deleted': {
			return {...incident};
		}
	}
}

export function encodeIncidents(incidents: readonly Incident[]): JsonValue {
	return incidents.map(incident => encodeIncident(incident));
}

function decodeIncident(fields: Fields): Incident | undefined {
	const kindName = fields.text('kind');
	const kind = incidentKinds.find(known => known === kindName);
	if (kind === undefined) {
		return undefined;
	}

	const time = fields.time('time');
	switch (kind) {
		case 'encrypted': {
			const formerlyOpaque = fields.optionalInteger('formerlyOpaque');
			return {kind, time, files: fields.integer('files'), before: fields.integer('before'), ...(formerlyOpaque !== undefined && {formerlyOpaque})};
		}

		case 'deleted': {
			return {kind, time, files: fields.integer('files'), before: fields.integer('before')};
		}

		case 'dropped': {
			return {kind, time, losses: fields.objects('losses').map(loss => decodeLoss(loss))};
		}

		case 'canary': {
			return {kind, time, path: fields.text('path'), state: fields.choice('state', canaryStates)};
		}
	}
}

/** @throws `damaged` */
export function decodeIncidents(fields: readonly Fields[]): Incident[] {
	return fields.map(one => decodeIncident(one)).filter(incident => incident !== undefined);
}
