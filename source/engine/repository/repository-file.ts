import {Buffer} from 'node:buffer';
import {createHash} from 'node:crypto';
import {CofferError} from '../errors.ts';
import type {RepositoryId} from '../ids.ts';
import {parseStoredJson, toCanonicalJson, type JsonValue} from './canonical-json.ts';
import {Fields} from './fields.ts';
import {formatVersion} from './object-header.ts';

/*
repository.json, canonical JSON: {"created": RFC 3339, "format": 1, "id": 16 bytes hex, "sha256": hex}. The last member is the SHA-256 of the canonical JSON without
it: so a damaged file differs from one of a later format. The first three stand in every keyring, authenticated.
*/

export const repositoryFileName = 'repository.json';

export type RepositoryFacts = {
	readonly id: RepositoryId;
	/** RFC 3339. */
	readonly created: string;
};

function checksum(value: JsonValue): string {
	return createHash('sha256').update(toCanonicalJson(value)).digest('hex');
}

export function encodeRepositoryFile(facts: RepositoryFacts): Buffer {
	const value = {created: facts.created, format: formatVersion, id: facts.id};
	return Buffer.from(toCanonicalJson({...value, sha256: checksum(value)}));
}

/**
@throws `damaged`; `format-unsupported` for an intact file of another format
*/
export function decodeRepositoryFile(bytes: Uint8Array): RepositoryFacts {
	const value = parseStoredJson(bytes, repositoryFileName, {isCanonical: true});
	const fields = new Fields(value, repositoryFileName);
	const format = fields.integer('format');
	const sha256 = fields.text('sha256');
	// Over all other members, so that a later format may add some.
	if (checksum({...value as Record<string, JsonValue>, sha256: undefined}) !== sha256) {
		throw new CofferError('damaged', `${repositoryFileName} does not have the content that its checksum names: it was damaged.`);
	}

	if (format !== formatVersion) {
		throw new CofferError('format-unsupported', `The repository has format ${format}; this program reads format ${formatVersion}. Update coffer. Nothing was changed.`, {context: {format}});
	}

	const facts = {id: fields.id<RepositoryId>('id', 16), created: fields.time('created')};
	fields.end();
	return facts;
}
