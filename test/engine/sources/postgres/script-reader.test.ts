import {Buffer} from 'node:buffer';
import test from 'ava';
import * as fc from 'fast-check';
import {ScriptReader} from '../../../../source/engine/sources/postgres/script-reader.ts';
import {readStatements} from '../../../../source/engine/sources/postgres/statements.ts';
import {TableReader} from '../../../../source/engine/sources/postgres/table-reader.ts';

type Read = {readonly statements: string[]; readonly rows: string[]; readonly isOpen: boolean};

function read(script: string, hasContents: boolean, cuts: readonly number[] = []): Read {
	const statements: string[] = [];
	const rows: string[] = [];
	const reader = new ScriptReader({hasContents, onStatement(statement) {
		statements.push(statement);
		return statement.startsWith('COPY ')
			? row => {
				rows.push(row.toString());
			}
			: undefined;
	}});
	const bytes = Buffer.from(script);
	let start = 0;
	for (const cut of [...cuts].toSorted((a, b) => a - b).map(place => Math.min(place, bytes.byteLength))) {
		reader.add(Buffer.from(bytes.subarray(start, cut)));
		start = cut;
	}

	reader.add(bytes.subarray(start));
	return {statements, rows, isOpen: reader.isOpen};
}

const statements = [
	'SET client_encoding = \'UTF8\';',
	'COPY public.g (id, v) FROM stdin;',
	'COPY "we\nird"."a""b\nCOPY x (y) FROM stdin;" (id, "q""--") FROM stdin;',
	'COPY public.nocols  FROM stdin;',
	'SELECT pg_catalog.lowrite(0, \'\\x00; -- no comment\n\\. "\');',
	'COMMENT ON ROLE r IS E\'it\'\'s\\\\\n;\';',
];
const rows = ['1\t3', '', '2\\.\tx', String.raw`\.1`, String.raw`a\nb\t\\.`, '-- a row', '\'"', String.raw`\\.`, 'x'.repeat(100)];
const script = [
	'--', '-- a comment; with \' a quote', String.raw`\restrict token'`, '', statements[0], statements[1], ...rows, String.raw`\.`, '', '', statements[2], ...rows, String.raw`\.`,
	statements[3], '', '', String.raw`\.`, statements[4], statements[5], String.raw`\unrestrict token`, '',
].join('\n');

test('statements and rows come the same, wherever the pieces are cut', t => {
	const expected = {statements, rows: [...rows, ...rows, '', ''], isOpen: false};
	t.deepEqual(read(script, true), expected);
	for (let cut = 0; cut <= Buffer.byteLength(script); cut++) {
		t.deepEqual(read(script, true, [cut]), expected, `cut at ${cut}`);
		t.deepEqual(read(script, false, [cut]).rows.length, expected.rows.length, `cut at ${cut}`);
	}

	const everywhere = [...Buffer.from(script).keys()];
	t.deepEqual(read(script, true, everywhere), expected);
	fc.assert(fc.property(fc.array(fc.nat(script.length)), fc.boolean(), (cuts, hasContents) => {
		const found = read(script, hasContents, cuts);
		t.deepEqual(found, hasContents ? expected : {...expected, rows: expected.rows.map(() => '')});
	}), {numRuns: 200});
	t.log(`${everywhere.length} places to cut`);
});

test('a script that breaks off is known as such', t => {
	for (const part of ['COPY a.b (c) FROM stdin;\n1\n', 'COPY a.b (c) FROM stdin;\n', 'SET x = \'', 'SET x', 'SET x = \'\n;\n']) {
		t.true(read(part, true).isOpen, part);
		t.true(read(part, false).isOpen, part);
	}

	t.false(read('SET x = 1;\n', true).isOpen);
});

test('checksums do not depend on the order of rows and columns, but on what stands under which name', t => {
	const checksumOf = (text: string) => {
		const reader = new TableReader(true);
		reader.add(Buffer.from(text));
		return reader.finish('source-failed', 'It')[0]!;
	};

	const table = (columns: string, ...lines: readonly string[]) => `COPY a.b ${columns}FROM stdin;\n${lines.map(line => `${line}\n`).join('')}\\.\n`;
	const first = checksumOf(table('(id, "b,c", z) ', '1\tone\tx', '2\t\ty'));
	t.like(first, {name: 'a.b', rows: 2});
	t.is(checksumOf(table('(z, "b,c", id) ', 'y\t\t2', 'x\tone\t1')).checksum, first.checksum);
	t.is(checksumOf(table('("b,c", id, z) ', '\t2\ty', 'one\t1\tx')).checksum, first.checksum);
	t.not(checksumOf(table('(id, "b,c", z) ', 'x\tone\t1', 'y\t\t2')).checksum, first.checksum);
	t.not(checksumOf(table('(id, "b,c", z) ', '1\tone\ty', '2\t\tx')).checksum, first.checksum);
});

test('statements that hide a command for psql are left out', t => {
	t.deepEqual(readStatements(Buffer.from('CREATE ROLE a;\nCREATE ROLE b \\! touch /tmp/x\n;\n\\! touch /tmp/x;\nCOMMENT ON ROLE a IS E\'\\\\!\';\nCREATE ROLE "\\! c";\n')), [
		'CREATE ROLE a;', 'COMMENT ON ROLE a IS E\'\\\\!\';', 'CREATE ROLE "\\! c";',
	]);
});
