import type {DatabaseFacts, RepositoryFacts, SourceFacts} from '../source-facts.ts';
import type {JsonValue} from './canonical-json.ts';
import type {Fields} from './fields.ts';

/*
The member "facts" of a snapshot's body, all of it optional: {"databases": [{"byTable": [{"name", "rows"}], "bytes", "file", "isSchemaOnly": true, "name", "rows", "tables"}], "origin",
"repositories": [{"absent": [texts], "head", "lastCommit": {"id", "subject", "time"}, "path", "refs"}]}. A reader ignores members that it does not know.
*/

/** A text that has a canonical form. */
const text = (value: string): string => value.toWellFormed();

function encodeRepository({path, refs, head, lastCommit, absent}: RepositoryFacts): JsonValue {
	return {path: text(path), refs, head: text(head), absent: absent?.map(one => text(one)), lastCommit: lastCommit && {id: lastCommit.id, time: lastCommit.time, subject: text(lastCommit.subject)}};
}

function encodeDatabase({name, file, tables, rows, bytes, isSchemaOnly, byTable}: DatabaseFacts): JsonValue {
	return {name: text(name), file: text(file), tables, rows, bytes, isSchemaOnly: isSchemaOnly ? true : undefined, byTable: byTable?.map(table => ({name: text(table.name), rows: table.rows}))};
}

export function encodeFacts({origin, repositories, databases}: SourceFacts): JsonValue {
	return {origin: origin === undefined ? undefined : text(origin), repositories: repositories?.map(one => encodeRepository(one)), databases: databases?.map(one => encodeDatabase(one))};
}

function decodeRepository(fields: Fields): RepositoryFacts {
	const commit = fields.has('lastCommit') ? fields.object('lastCommit') : undefined;
	return {
		path: fields.text('path'),
		refs: fields.integer('refs'),
		head: fields.text('head'),
		...(commit && {lastCommit: {id: commit.text('id'), time: commit.text('time'), subject: commit.text('subject')}}),
		...(fields.has('absent') && {absent: fields.texts('absent')}),
	};
}

function decodeDatabase(fields: Fields): DatabaseFacts {
	const rows = fields.optionalInteger('rows');
	return {
		name: fields.text('name'),
		file: fields.text('file'),
		tables: fields.integer('tables'),
		bytes: fields.integer('bytes'),
		...(rows !== undefined && {rows}),
		...(fields.flag('isSchemaOnly') && {isSchemaOnly: true}),
		...(fields.has('byTable') && {byTable: fields.objects('byTable').map(table => ({name: table.text('name'), rows: table.integer('rows')}))}),
	};
}

/** @throws `damaged` */
export function decodeFacts(fields: Fields): SourceFacts {
	const origin = fields.optionalText('origin');
	return {
		...(origin !== undefined && {origin}),
		...(fields.has('repositories') && {repositories: fields.objects('repositories').map(one => decodeRepository(one))}),
		...(fields.has('databases') && {databases: fields.objects('databases').map(one => decodeDatabase(one))}),
	};
}
