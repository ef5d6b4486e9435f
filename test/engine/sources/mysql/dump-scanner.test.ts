import {Buffer} from 'node:buffer';
import test from 'ava';
import * as fc from 'fast-check';
import type {TableRows} from '../../../../source/engine/sources/databases/table-rows.ts';
import {DumpScanner} from '../../../../source/engine/sources/mysql/dump-scanner.ts';
import {DumpTally} from '../../../../source/engine/sources/mysql/dump-tally.ts';
import {rewriteDump} from '../../../../source/engine/sources/mysql/rewrite-dump.ts';

type Read = {readonly tables: readonly TableRows[]; readonly isWhole: boolean};

function read(pieces: readonly Uint8Array[], hasChecksums = true): Read {
	const tally = new DumpTally(hasChecksums);
	for (const piece of pieces) {
		// What is used again by whoever gives it.
		const borrowed = Buffer.from(piece);
		tally.push(borrowed);
		borrowed.fill(0);
	}

	const isWhole = tally.end();
	return {tables: tally.tables, isWhole};
}

const counts = ({tables}: Read): Record<string, number> => Object.fromEntries(tables.map(({name, rows}) => [name, rows]));

async function rewrite(dump: string | Uint8Array, options: Parameters<typeof rewriteDump>[1], pieceBytes = 7): Promise<string> {
	const bytes = Buffer.from(dump as string);
	const pieces: Buffer[] = [];
	for await (const piece of rewriteDump((async function * () {
		for (let start = 0; start < bytes.byteLength; start += pieceBytes) {
			yield bytes.subarray(start, start + pieceBytes);
		}
	})(), options)) {
		pieces.push(Buffer.from(piece));
	}

	return Buffer.concat(pieces).toString();
}

/** A text as dumps quote it. */
const quote = (text: string): string => `'${text.replaceAll(/[\\'"\n\r\0]/g, character => ({'\n': String.raw`\n`, '\r': String.raw`\r`, '\0': String.raw`\0`})[character] ?? `\\${character}`)}'`;

const beginning = String.raw`/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: it's
-- ------------------------------------------------------

/*!40101 SET NAMES utf8mb4 */;

--
-- Current Database: ${'`it\'s`'}
--

CREATE DATABASE /*!32312 IF NOT EXISTS*/ ${'`it\'s`'} /*!40100 DEFAULT CHARACTER SET utf8mb4 */;

USE ${'`it\'s`'};
`;
const ending = '/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;\n\n-- Dump completed\n';

/** Routines and triggers with everything that could be taken for the end of something. */
const routines = String.raw`
/*!50003 SET sql_mode              = '' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=${'`root`@`localhost`'}*/ /*!50003 trigger tr after insert on t for each row begin
	-- it's; INSERT INTO ${'`t`'} VALUES (1);
	# it's
	/* it's; ;; */ insert into t values ('DELIMITER ;
INSERT INTO ${'`t`'} VALUES (1),(2);;
-- Dump completed
\';;'); /*+ hint's */
end */;;
DELIMITER ;
/*!50003 SET sql_mode              = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES' */ ;
DELIMITER ;;
CREATE PROCEDURE ${'`p`'}() SELECT '\', ";;", 'INSERT INTO ${'`t`'} VALUES (1);' ;;
DELIMITER ;
/*!50003 SET sql_mode              = @saved_sql_mode */ ;
/*!50106 CREATE*/ /*!50117 DEFINER=${'`root`@`localhost`'}*/ /*!50106 EVENT ${'`e`'} ON SCHEDULE EVERY 1 DAY DO SELECT 1 */ ;
/*!50003 ALTER DATABASE ${'`it\'s`'} CHARACTER SET latin1 */ ;
`;
const rows = ['(1,\'a;b\')', '(2,\'\\\'),(\')', '(3,NULL)', '(4,_binary \'x\\\\\')', '(5,0x2728)', '(6,\'INSERT INTO `u` VALUES (1);\')'];
const create = 'DROP TABLE IF EXISTS `t`;\nCREATE TABLE `t` (\n  `a` int COMMENT \'it\'\'s (1)\'\n);\nCREATE TABLE `none``s` (\n  `x` int\n);\n/*!50001 CREATE TABLE `view` (`a` int) */;\n/*!50001 CREATE VIEW `other` AS SELECT 1 AS `a`*/;\n';
const forms = {
	'a row a line': `INSERT INTO \`t\` VALUES\n${rows.join(',\n')};\n`,
	'one line': `INSERT INTO \`t\` VALUES ${rows.join(',')};\n`,
	'with columns': `INSERT INTO \`t\` (\`a\`, \`VALUES (\`) VALUES ${rows.join(',')};\n`,
	'a statement a row': rows.map(row => `INSERT INTO \`t\` VALUES ${row};\n`).join(''),
} as const;

test('rows are counted in every form of INSERT, and what only looks like rows is not', t => {
	const checksums = new Set<string | undefined>();
	for (const [form, inserted] of Object.entries(forms)) {
		const found = read([Buffer.from(beginning + create + inserted + routines + ending)]);
		t.true(found.isWhole, form);
		t.deepEqual(counts(found), {t: rows.length, 'none`s': 0}, form);
		checksums.add(found.tables.find(({name}) => name === 't')!.checksum);
	}

	t.is(checksums.size, 1);
	t.log(`${Object.keys(forms).length} forms`);
});

test('where the pieces end does not matter', async t => {
	const dump = Buffer.from(beginning + create + Object.values(forms).join('') + routines + ending);
	const whole = read([dump]);
	t.deepEqual(counts(whole), {t: rows.length * 4, 'none`s': 0});
	t.deepEqual(read([...dump].map(byte => Buffer.of(byte))), whole);
	for (let cut = 0; cut <= dump.byteLength; cut++) {
		t.deepEqual(read([dump.subarray(0, cut), dump.subarray(cut)]), whole);
	}

	for (const size of [1, 2, 3, 64]) {
		t.is(await rewrite(dump, {}, size), dump.toString().replace(/^.*\n/, ''));
	}
});

test('a dump that was cut short anywhere is not whole', t => {
	const dump = Buffer.from(beginning + create + forms['a row a line'] + routines + ending);
	const least = dump.indexOf('-- Dump completed', dump.byteLength - 20) + '-- Dump completed'.length;
	let cuts = 0;
	for (let length = 0; length < least; length++) {
		t.false(read([dump.subarray(0, length)], false).isWhole, dump.toString('utf8', 0, length).slice(-40));
		cuts++;
	}

	t.true(read([dump.subarray(0, least)], false).isWhole);
	t.false(read([dump, Buffer.from('DROP TABLE `t`;\n')], false).isWhole);
	t.false(read([dump, Buffer.from('INSERT INTO `t` VALUES (1);\n')], false).isWhole);
	t.log(`${cuts} cuts`);
});

test('any rows, in pieces of any size', t => {
	const texts = fc.array(fc.array(fc.oneof(fc.string({unit: 'binary', maxLength: 30}), fc.constantFrom('\\', '\'', '),(', ';', '\\\'', '--', '/*', '`')), {minLength: 1, maxLength: 4}), {maxLength: 30});
	fc.assert(fc.property(texts, fc.integer({min: 1, max: 40}), fc.boolean(), (all, size, isOneLine) => {
		const inserted = all.map(cells => `(${cells.map(cell => quote(cell)).join(',')})`);
		const dump = Buffer.from(beginning + create + (inserted.length === 0 ? '' : `INSERT INTO \`t\` VALUES${isOneLine ? ' ' : '\n'}${inserted.join(isOneLine ? ',' : ',\n')};\n`) + ending);
		const pieces = Array.from({length: Math.ceil(dump.byteLength / size)}, (_, index) => dump.subarray(index * size, (index + 1) * size));
		const found = read(pieces, false);
		t.true(found.isWhole);
		t.is(counts(found)['t'], inserted.length);
	}), {numRuns: 200});
});

test('of any bytes at all nothing is lost on the way', async t => {
	const parts = fc.oneof(fc.uint8Array({maxLength: 50}), fc.constantFrom(...['INSERT INTO `t` VALUES ', '(', '\'', ';', '--', '\n', '/*!', '/*', '*/', 'DELIMITER ;;\n', '`', '\\'].map(text => Buffer.from(text))));
	let runs = 0;
	await fc.assert(fc.asyncProperty(fc.array(parts), fc.integer({min: 1, max: 30}), fc.boolean(), async (all, size, isInRows) => {
		const bytes = Buffer.concat([Buffer.from(isInRows ? 'INSERT INTO `t` VALUES (1)' : ''), ...all]);
		const pieces: Buffer[] = [];
		const scanner = new DumpScanner({
			pass(piece) {
				pieces.push(Buffer.from(piece));
			},
			statement(text) {
				pieces.push(text);
			},
			insert: () => ({add() {
				runs++;
			}}),
		});
		for (let start = 0; start < bytes.byteLength; start += size) {
			scanner.push(bytes.subarray(start, start + size));
		}

		scanner.end();
		t.true(Buffer.concat(pieces).equals(bytes));
	}), {numRuns: 500});
	t.true(runs > 0);
	t.log(`${runs} rows among them`);
});

test('a statement that is longer than any should be is passed on as it is, and not held', async t => {
	const long = `REPLACE INTO \`t\` VALUES ('${'x'.repeat(20 * 1024 * 1024)}');\n`;
	const dump = beginning + long + create + forms['one line'] + ending;
	t.deepEqual(counts(read([Buffer.from(dump)])), {t: rows.length, 'none`s': 0});
	t.is((await rewrite(dump, {}, 65_536)).length, dump.length - dump.indexOf('\n') - 1);
});

test('what is loaded goes into the database that is meant, without the sandbox line, and without events where asked', async t => {
	const dump = beginning + create + forms['a row a line'] + routines + ending;
	const loaded = await rewrite(dump, {database: 'a`b $& 日'});
	const target = '`a``b $& 日`';
	t.true(loaded.startsWith('-- MariaDB dump'));
	t.true(loaded.includes(`\nCREATE DATABASE IF NOT EXISTS ${target} /*!40100 DEFAULT CHARACTER SET utf8mb4 */;\n\nUSE ${target};\n`));
	t.true(loaded.includes(`\n/*!50003 ALTER DATABASE ${target} CHARACTER SET latin1 */ ;\n`));
	t.false(loaded.includes('USE `it'));
	t.true(loaded.includes('EVENT `e`'));
	const without = await rewrite(dump, {database: 'x', isWithoutEvents: true});
	t.false(without.includes('EVENT'));
	t.true(without.includes('PROCEDURE `p`'));
	for (const line of ['/*!999999\\- enable the sandbox mode */ \n', '/*M!999999\\- enable the sandbox mode */\n', '']) {
		t.true((await rewrite(`${line}/*!40101 SET NAMES utf8mb4 */;\n${ending}`, {})).startsWith('/*!40101 SET NAMES'));
	}
});
