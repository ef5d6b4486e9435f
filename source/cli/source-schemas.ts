import * as z from 'zod';
import {backupClasses, classifications} from '../engine/index.ts';
import {parseAmount} from './data-share.ts';
import {sourceMonitorSchema} from './monitor-schema.ts';
import {sourceRetentionSchema} from './retention-schema.ts';

export const text = z.string().min(1, 'must not be empty');

/** Where a secret is found; the configuration never holds one itself. */
export const secretSchema = z.union([
	z.strictObject({file: text}),
	z.strictObject({env: z.string().regex(/^[A-Za-z_]\w*$/, 'is not the name of an environment variable')}),
	z.strictObject({command: z.array(text).min(1, 'must name a program')}),
], {error: 'must be {"file": PATH}, {"env": NAME} or {"command": [PROGRAM, ARGUMENT…]}; a secret itself never stands in the configuration'});

const command = z.array(text).min(1, 'must name a program');
const minutesRange = 'must be a number of minutes from 1 to 20160';
/** A time limit. */
export const minutes = z.number().min(1, minutesRange).max(20_160, minutesRange);
/** Of bytes. */
export const amount = z.string().refine(value => parseAmount(value) !== undefined, 'must be an amount of bytes such as "500M" or "2G"');

/** A program, a line for a shell, or either with a time limit. */
const hookSchema = z.union([
	command,
	z.strictObject({command, minutes: minutes.optional()}),
	z.strictObject({shell: text, minutes: minutes.optional()}),
], {error: 'must be [PROGRAM, ARGUMENT…], {"command": [PROGRAM, ARGUMENT…], "minutes": N} or {"shell": LINE, "minutes": N}'});

const common = {
	name: z.string().regex(/^[^\s\/:,\p{Control}][^\/:,\p{Control}]{0,99}$/v, 'must have 1 to 100 characters without "/", ":" and ","').refine(name => !['.', '..', 'latest'].includes(name), 'is a name with a meaning of its own'),
	class: z.enum(backupClasses).optional(),
	tags: z.array(text).optional(),
	classification: z.enum(classifications).optional(),
	limits: z.strictObject({minutes: minutes.optional(), size: amount.optional()}).optional(),
	before: hookSchema.optional(),
	after: hookSchema.optional(),
	retention: sourceRetentionSchema.optional(),
	monitor: sourceMonitorSchema.optional(),
};

const paths = z.array(text).min(1, 'must name at least one path');
/** What begins with a minus could be taken for an option. */
const word = text.regex(/^[^\-\p{Control}]\P{Control}*$/v, 'must not begin with "-" or have control characters');
const portRange = 'must be from 1 to 65535';

const database = {
	databases: z.array(text).min(1, 'must name at least one database; without it all are backed up').optional(),
	schemaOnly: z.boolean().optional(),
	host: word.optional(),
	port: z.int().min(1, portRange).max(65_535, portRange).optional(),
	user: word.optional(),
	url: secretSchema.optional(),
};

/** The kinds of sources, each with what it takes. */
export const sourceSchemas = {
	files: z.strictObject({
		...common,
		kind: z.literal('files'),
		paths,
		excludes: z.array(text).optional(),
		ignoreFiles: z.array(z.string().regex(/^[^/]+$/, 'must be the name of a file, without "/"')).optional(),
		oneFileSystem: z.boolean().optional(),
		excludeCaches: z.boolean().optional(),
		canaries: z.array(text).min(1, 'must name at least one file').optional(),
	}),
	git: z.strictObject({...common, kind: z.literal('git'), paths, workingTree: z.boolean().optional()}),
	postgres: z.strictObject({...common, ...database, kind: z.literal('postgres'), service: word.optional(), serviceFile: text.optional(), passFile: text.optional(), globals: z.boolean().optional()}),
	mysql: z.strictObject({...common, ...database, kind: z.literal('mysql'), defaultsFile: text.optional(), socket: text.optional()}),
	sqlite: z.strictObject({...common, kind: z.literal('sqlite'), paths}),
	command: z.strictObject({...common, kind: z.literal('command'), command, minimumSize: amount.optional(), workingFolder: text.optional()}),
};

export type ConfiguredKind = keyof typeof sourceSchemas;

const kinds = Object.keys(sourceSchemas) as ConfiguredKind[];

/** The kind of a source that names none: a command where there is one, else files. */
function withKind(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value) || 'kind' in value) {
		return value;
	}

	return {...value, kind: 'command' in value ? 'command' : 'files'};
}

const {files, git, postgres, mysql, sqlite, command: ofCommand} = sourceSchemas;

/** The connection of a source has one origin. */
const urlAlone = 'stands for the whole connection: leave host, port, user and the like out beside it';

/** A source of any kind. */
export const sourceSchema = z.preprocess(withKind, z.discriminatedUnion('kind', [files, git, postgres, mysql, sqlite, ofCommand], {error: `must be one of ${kinds.map(kind => JSON.stringify(kind)).join(', ')}`}))
	.superRefine((source, context) => {
		const others = new Set(['host', 'port', 'user', 'service', 'serviceFile', 'passFile', 'defaultsFile', 'socket']);
		if ('url' in source && source.url !== undefined && Object.keys(source).some(key => others.has(key))) {
			context.addIssue({code: 'custom', path: ['url'], message: urlAlone});
		}
	});

/** As it stands in the file. */
export type SourceInFile = {[Kind in ConfiguredKind]: Omit<z.input<(typeof sourceSchemas)[Kind]>, 'kind'> & (Kind extends 'files' | 'command' ? {readonly kind?: Kind} : {readonly kind: Kind})}[ConfiguredKind];
export type ConfiguredSource = z.output<typeof sourceSchema>;

/** The keys that a source takes, for advice. @param source - As it stands in the file. */
export function keysOfSource(source: unknown): string[] {
	const {kind} = (withKind(source) ?? {}) as {readonly kind?: unknown};
	return Object.keys(sourceSchemas[kinds.find(known => known === kind) ?? 'files'].shape);
}
