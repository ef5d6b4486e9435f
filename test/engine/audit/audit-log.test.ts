import {createHash, createHmac} from 'node:crypto';
import {appendFileSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {encodeEntry, isAuthentic, logBeginning, parseLine} from '../../../source/engine/audit/entry-line.ts';
import {auditOperations, auditResults, type AuditEntry} from '../../../source/engine/audit/audit-entry.ts';
import {auditActor, auditFilesIn, auditKey, auditRecord, createAuditLog, readLines, verifyFolder, writeLines} from '../../helpers/audit-log.ts';
import {refuses} from '../../helpers/error-assertions.ts';

const macOf = (line: string): string => parseLine(Buffer.from(line))!.entry.mac;
const anyText = fc.string({unit: 'grapheme', maxLength: 40}).map(text => text.toWellFormed());
const anyEntry = fc.record<AuditEntry>({
	number: fc.integer({min: 1}), time: fc.constant('2026-11-21T18:46:00.000Z'), host: anyText, user: anyText, from: anyText, role: anyText, slot: anyText, run: anyText,
	operation: fc.constantFrom(...auditOperations), result: fc.constantFrom(...auditResults), objects: fc.array(anyText, {maxLength: 5}), detail: anyText,
}, {requiredKeys: ['number', 'time', 'host', 'user', 'from', 'run', 'operation', 'result', 'objects']});

test('every entry comes back; no other byte, and no other key, gives one that is authentic', t => {
	let mutations = 0;
	fc.assert(fc.property(anyEntry, fc.nat(), fc.integer({min: 1, max: 255}), (entry, place, difference) => {
		const {line, mac} = encodeEntry(entry, logBeginning.mac, auditKey);
		const parsed = parseLine(line.subarray(0, -1))!;
		t.deepEqual({...parsed.entry}, {...entry, previous: logBeginning.mac, mac});
		t.true(isAuthentic(parsed, auditKey));
		t.false(isAuthentic(parsed, Buffer.alloc(32, 8)));
		const changed = Buffer.from(line.subarray(0, -1));
		changed[place % changed.byteLength]! ^= difference;
		const read = parseLine(changed);
		t.false(read !== undefined && isAuthentic(read, auditKey));
		mutations++;
	}), {numRuns: 300});
	t.log(`${mutations} entries, each with one byte changed`);
});

test('what is no entry is none, whatever it is', t => {
	const {line} = encodeEntry({...auditActor, ...auditRecord(1), number: 1, time: '2026-11-21T18:46:00.000Z'}, logBeginning.mac, auditKey);
	const text = line.toString().trimEnd();
	const mac = text.slice(-74);
	const resigned = (signed: string) => `${signed.slice(0, -1)},"mac":"${createHmac('sha256', auditKey).update(signed).digest('hex')}"}`;
	const signed = `${text.slice(0, -74)}}`;
	t.not(parseLine(Buffer.from(resigned(signed))), undefined);
	const others = [
		'', '{}', 'null', mac, `null${mac}`, text.toUpperCase(), text.replace('"number"', ' "number"'), `${text} `,
		// Rightly signed, and not as entries are written.
		resigned(signed.replace('"number":1', '"number":1.5')), resigned(signed.replace('"number":1', '"number":0')), resigned(signed.replace('"number":1', '"number":"1"')),
		resigned(signed.replace('"time":"2026-11-21T18:46:00.000Z"', '"time":"soon"')), resigned(signed.replace('"forget"', '"dance"')), resigned(signed.replace('"ok"', '"fine"')),
		resigned(signed.replace('{"number":1,"time"', '{"__proto__":{},"number":1,"time"')), resigned(signed.replace('"objects":[', '"objects":[1,')), resigned('[]'), resigned('null'),
		'x'.repeat(70_000),
	];
	for (const other of others) {
		t.is(parseLine(Buffer.from(other)), undefined, other.slice(0, 200));
	}
});

test('texts without bounds become entries of a bounded size', t => {
	const {append, log} = createAuditLog(t);
	append(1, {objects: Array.from({length: 5000}, (_, index) => `${index} ${'\u0001'.repeat(1000)}`), detail: `\uD800${'🙂'.repeat(5000)}`});
	const {size} = statSync(log.file);
	t.true(size < 65_536, `${size} bytes`);
	const {objects, detail} = parseLine(Buffer.from(readLines(log.folder)[0]!))!.entry;
	t.is(objects.length, 51);
	t.is(objects.at(-1), 'and 4950 more');
	t.true(detail!.isWellFormed());
	append(2);
	t.is(log.open().files.length, 1);
	t.is(verifyFolder(log.folder).entries, 2);
});

test('entries are appended one after the other; modes are 600 and 700 whatever the umask', t => {
	const {append, log, verify} = createAuditLog(t);
	const heads = [1, 2, 3].map(number => append(number));
	t.deepEqual(heads.map(({number}) => number), [1, 2, 3]);
	t.deepEqual(log.head(), heads[2]);
	t.is(statSync(log.file).mode & 0o777, 0o600);
	t.is(statSync(path.join(log.folder, 'key')).mode & 0o777, 0o600);
	t.is(statSync(log.folder).mode & 0o777, 0o700);
	t.like(verify(), {entries: 3, files: 1, recovered: 0, flaw: undefined, isTorn: false, head: heads[2]});
	t.deepEqual(log.localKey(), auditKey);
});

test('a full file is closed, and the chain goes on in the next', t => {
	const {append, log, verify} = createAuditLog(t, {fullBytes: 1500});
	for (let number = 1; number <= 20; number++) {
		append(number);
	}

	const files = auditFilesIn(log.folder);
	t.true(files.length > 3);
	t.deepEqual(files.slice(0, 2), ['audit-000001.jsonl', 'audit-000002.jsonl']);
	t.like(verify(), {entries: 20, files: files.length, flaw: undefined});
	const first = path.join(log.folder, files[0]!);
	const second = path.join(log.folder, files[1]!);
	const firstLines = readLines(log.folder, files[0]).length;
	renameSync(first, `${first}.aside`);
	t.like(verify().flaw, {file: files[1]!, line: 1, number: 1});
	t.regex(verify().flaw!.message, /entries 1 to \d+ are missing at the beginning/);
	copyFileSync(second, first);
	t.like(verify().flaw, {file: files[0]!, line: 1, number: 1});
	copyFileSync(`${first}.aside`, first);
	t.is(verify().flaw, undefined);
	renameSync(first, `${first}.other`);
	renameSync(second, first);
	renameSync(`${first}.other`, second);
	t.like(verify().flaw, {file: files[0]!, line: 1, number: 1}, 'swapped');
	rmSync(second);
	copyFileSync(`${first}.aside`, first);
	t.like(verify().flaw, {file: files[2]!, line: 1, number: firstLines + 1}, 'the second is gone');
	t.log(`${files.length} files`);
});

test('the first bad entry is named after every kind of change', t => {
	const {append, log, verify} = createAuditLog(t);
	for (let number = 1; number <= 8; number++) {
		append(number);
	}

	const lines = readLines(log.folder);
	const changes: ReadonlyArray<readonly [title: string, lines: readonly string[], line: number, number: number, message: RegExp]> = [
		['edited', lines.with(3, lines[3]!.replace('"ok"', '"failed"')), 4, 4, /MAC of entry 4 is not that of its content/],
		['no JSON', lines.with(3, 'nothing'), 4, 4, /no entry/],
		['empty line', lines.toSpliced(3, 0, ''), 4, 4, /no entry/],
		['cut at the end', lines.slice(0, 6), 7, 7, /ends with entry 6, but this host knows entry 8: entries 7 to 8 are missing/],
		['cut to nothing', [], 1, 1, /ends with entry 0/],
		['cut at the beginning', lines.slice(2), 1, 1, /entries 1 to 2 are missing at the beginning/],
		['a line removed', lines.toSpliced(3, 1), 4, 4, /entry 5 stands where 4 should: entry 4 is missing/],
		['reordered', lines.with(3, lines[4]!).with(4, lines[3]!), 4, 4, /another order/],
		['repeated', lines.toSpliced(4, 0, lines[3]!), 5, 5, /entry 4 stands behind entry 4/],
		['repeated at the end', [...lines, lines[2]!], 9, 9, /entry 3 stands behind entry 8/],
		['signed with another key', lines.with(3, encodeEntry({...auditActor, ...auditRecord(4), number: 4, time: '2026-11-21T18:46:00.000Z'}, macOf(lines[2]!), Buffer.alloc(32)).line.toString().trimEnd()), 4, 4, /another key/],
		['exchanged with the key', lines.with(3, encodeEntry({...auditActor, ...auditRecord(9), number: 4, time: '2026-11-21T18:46:00.000Z'}, macOf(lines[2]!), auditKey).line.toString().trimEnd()), 5, 5, /entry 5 does not follow the entry 4/],
	];
	for (const [title, changed, line, number, message] of changes) {
		writeLines(log.folder, changed);
		const {flaw} = verify();
		t.like(flaw, {file: 'audit.jsonl', line, number}, title);
		t.regex(flaw!.message, message, title);
	}

	writeLines(log.folder, lines);
	t.is(verify().flaw, undefined);
	t.log(`${changes.length} kinds of change`);
});

test('any change of any bytes is found at the line where it is', t => {
	const {append, log, verify} = createAuditLog(t);
	for (let number = 1; number <= 4; number++) {
		append(number);
	}

	const whole = readFileSync(log.file);
	const lineAt = (offset: number) => whole.subarray(0, offset).toString().split('\n').length;
	let changes = 0;
	const check = (bytes: Buffer, offset: number, about: string) => {
		if (bytes.equals(whole)) {
			return;
		}

		writeFileSync(log.file, bytes);
		const {flaw} = verify();
		t.is(flaw?.line, lineAt(offset), `${about} at ${offset}`);
		changes++;
	};

	for (let offset = 0; offset < whole.byteLength; offset += 7) {
		const flipped = Buffer.from(whole);
		flipped[offset]! ^= 1;
		check(flipped, offset, 'flipped');
		check(Buffer.concat([whole.subarray(0, offset), whole.subarray(offset + 1)]), offset, 'removed');
		check(Buffer.concat([whole.subarray(0, offset), Buffer.from('x'), whole.subarray(offset)]), offset, 'inserted');
		check(Buffer.from(whole.subarray(0, offset)), offset, 'cut');
	}

	for (let offset = whole.indexOf(0x0A); offset !== -1; offset = whole.indexOf(0x0A, offset + 1)) {
		check(Buffer.concat([whole.subarray(0, offset), whole.subarray(offset + 1)]), offset, 'end removed');
	}

	t.log(`${changes} changes`);
});

test('who has the key can write the log anew, but not what others have seen of it', t => {
	const honest = createAuditLog(t);
	const heads = Array.from({length: 9}, (_, index) => ({...honest.append(index + 1), where: `the snapshot ${index + 1}`, time: '2026-11-21T18:46:00.000Z'}));
	const forged = createAuditLog(t, {stateFolder: path.join(honest.stateFolder, 'forged')});
	for (let number = 1; number <= 9; number++) {
		forged.append(number, number >= 5 ? {objects: ['nothing']} : {});
	}

	t.is(forged.verify().flaw, undefined, 'by itself it is right');
	const {flaw, heads: told} = forged.verify([heads[3]!, heads[6]!, heads[8]!]);
	t.like(flaw, {line: 7, number: 7});
	t.regex(flaw!.message, /entry 7 is not the one that the snapshot 7 knows: entries from 5 to 7/);
	t.deepEqual(told.map(({isFound}) => isFound), [true, false, false]);
	t.is(forged.verify(heads.slice(0, 4)).flaw, undefined);
});

test('a line without an end, as a crash leaves it, is told apart, replaced, and never passed over in silence', t => {
	const {append, log, verify} = createAuditLog(t);
	append(1);
	append(2);
	const fragment = '{"number":3,"time":"2026-11-21T1';
	appendFileSync(log.file, fragment);
	t.like(verify(), {entries: 2, isTorn: true, flaw: undefined});
	const head = append(3);
	t.is(head.number, 4);
	t.like(verify(), {entries: 4, recovered: 1, isTorn: false, flaw: undefined});
	const recovery = parseLine(Buffer.from(readLines(log.folder)[2]!))!.entry;
	t.like(recovery, {operation: 'audit-recover', detail: `the last line was cut off: ${fragment.length} bytes, SHA-256 ${createHash('sha256').update(fragment).digest('hex')}`});

	// Longer than what takes its place, and with what looks like an entry in it.
	appendFileSync(log.file, JSON.stringify({...recovery, detail: 'x'.repeat(3000)}));
	append(4);
	t.like(verify(), {entries: 6, recovered: 2, flaw: undefined});

	// What this host knows to have been written whole was not torn by a crash.
	truncateSync(log.file, statSync(log.file).size - 10);
	t.like(verify(), {isTorn: true, flaw: {number: 6}});
	append(5);
	t.like(verify().flaw, {number: 6, message: 'entry 7 stands where 6 should: entry 6 is missing, or entries were put in another order'});
});

test('a log that was cut goes on behind what this host remembers, so that the gap stays visible', t => {
	const {append, log, verify} = createAuditLog(t);
	for (let number = 1; number <= 5; number++) {
		append(number);
	}

	writeLines(log.folder, readLines(log.folder).slice(0, 2));
	t.is(append(6).number, 6);
	t.like(verify().flaw, {line: 3, number: 3});
	t.regex(verify().flaw!.message, /entries 3 to 5 are missing/);
	rmSync(log.folder, {recursive: true});
	t.is(append(7).number, 7);
	t.like(verify().flaw, {line: 1, number: 1});
	t.deepEqual(log.localKey(), auditKey, 'the key is kept anew');
});

test('a state that is lost takes nothing from the log', t => {
	const {append, log, stateFolder, verify} = createAuditLog(t);
	append(1);
	append(2);
	log.close();
	for (const suffix of ['', '-wal', '-shm']) {
		rmSync(path.join(stateFolder, `state.db${suffix}`), {force: true});
	}

	t.is(append(3).number, 3);
	t.like(verify(), {entries: 3, flaw: undefined});
});

test('somebody accepts what is wrong: it stays visible, and later changes are found', t => {
	const {append, log, verify} = createAuditLog(t);
	for (let number = 1; number <= 4; number++) {
		append(number);
	}

	const old = {...log.head()!, mac: 'f'.repeat(64), where: 'the snapshot 1a2b3c4d of web', time: '2026-11-21T18:45:00.000Z'};
	writeLines(log.folder, readLines(log.folder).toSpliced(1, 1));
	t.like(verify([old]).flaw, {number: 2});
	append(5, {operation: 'audit-accept', objects: [], detail: 'a disk was cleaned up by hand'});
	append(6);
	const known = {...log.head()!, where: 'this host'};
	const accepted = verify([old, known]);
	t.is(accepted.flaw, undefined);
	t.like(accepted.accepted, [{user: auditActor.user, detail: 'a disk was cleaned up by hand', flaw: {number: 2}}]);
	t.deepEqual(accepted.heads.map(({isFound, isSuperseded}) => [isFound, isSuperseded]), [[false, true], [true, false]]);

	const lines = readLines(log.folder);
	const acceptance = lines.at(-2)!;
	writeLines(log.folder, lines.with(lines.length - 1, lines.at(-1)!.replace('"ok"', '"failed"')));
	t.like(verify().flaw, {number: 6});
	writeLines(log.folder, [...lines.with(lines.length - 1, lines.at(-1)!.replace('"ok"', '"failed"')), acceptance]);
	t.like(verify().flaw, {number: 6}, 'a repeated acceptance accepts nothing new');
	writeLines(log.folder, [...lines, acceptance]);
	t.like(verify().flaw, {line: lines.length + 1}, 'nor does it accept itself');
});

test('entries that are missing before an acceptance are what was accepted, also where nothing else shows it', t => {
	const {append, log, verify} = createAuditLog(t);
	for (let number = 1; number <= 4; number++) {
		append(number);
	}

	writeLines(log.folder, readLines(log.folder).slice(0, 2));
	t.like(verify().flaw, {number: 3});
	append(5, {operation: 'audit-accept', objects: [], detail: 'restored from last week'});
	const {flaw, accepted} = verify();
	t.is(flaw, undefined);
	t.like(accepted, [{flaw: {number: 3, line: 3}}]);
	t.regex(accepted[0]!.flaw!.message, /entries 3 to 4 are missing/);
	append(6, {operation: 'audit-accept', objects: [], detail: 'once more'});
	t.deepEqual(verify().accepted.map(one => one.flaw?.number), [3, undefined]);
});

test('operations without an end are named', t => {
	const {append, verify} = createAuditLog(t);
	append(1, {result: 'begun'});
	append(1, {result: 'ok'});
	append(2, {result: 'begun'});
	append(3, {result: 'begun'});
	append(3, {result: 'failed'});
	t.deepEqual(verify().unended, [auditRecord(2).run]);
});

test('something else in the place of the file or the folder: nothing is written, and the error says where', t => {
	for (const prepare of [
		(file: string) => {
			mkdirSync(file, {recursive: true});
		},
		(file: string) => {
			mkdirSync(path.dirname(file), {recursive: true});
			symlinkSync('/dev/null', file);
		},
		(file: string) => {
			mkdirSync(path.dirname(path.dirname(file)), {recursive: true});
			writeFileSync(path.dirname(file), '');
		},
	]) {
		const {log, append} = createAuditLog(t);
		prepare(log.file);
		const {message} = refuses(t, () => append(1), 'audit-failed');
		t.true(message.includes(log.file));
		t.is(log.head(), undefined);
	}
});
