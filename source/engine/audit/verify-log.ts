import type {AuditHead} from '../audit-head.ts';
import type {AuditEntry} from './audit-entry.ts';
import {isAuthentic, logBeginning, parseLine, type StoredEntry} from './entry-line.ts';
import type {LogLine} from './open-log.ts';

/** An end of the log that somebody else knows. */
export type KnownHead = AuditHead & {
	/** For people: `this host`, `the snapshot 1a2b3c4d of web`. */
	readonly where: string;
	/** When it was noted, where that is known: RFC 3339. */
	readonly time?: string;
};

/** The first thing that is not as it was written. */
export type AuditFlaw = {
	/** Of the file. */
	readonly file: string;
	/** In the file, from 1; behind the last one where something is missing at the end. */
	readonly line: number;
	/** Of the entry that should stand there, or does. */
	readonly number: number;
	/** What is wrong, without its full stop. */
	readonly message: string;
};

/** Something that was wrong, and that somebody has accepted. */
export type AcceptedFlaw = Pick<AuditEntry, 'time' | 'user' | 'detail'> & {readonly flaw?: AuditFlaw};

export type AuditVerification = {
	/** That are as they were written, up to the first that is not. */
	readonly entries: number;
	readonly files: number;
	/** The end. */
	readonly head?: AuditHead & {readonly time: string};
	/** The first entry that is bad. */
	readonly flaw?: AuditFlaw;
	/** What others know of the log, in the order of the entries. `isSuperseded`: from before something that was accepted. */
	readonly heads: ReadonlyArray<KnownHead & {readonly isFound: boolean; readonly isSuperseded: boolean}>;
	readonly accepted: readonly AcceptedFlaw[];
	/** Lines that a crash has cut off, as entries behind them say. */
	readonly recovered: number;
	/** Whether the last line has no end, as a crash leaves it; the next entry replaces it, and says so. */
	readonly isTorn: boolean;
	/** Operations that began and of which nothing tells how they ended: they were killed, or still go on. Ids of their runs. */
	readonly unended: readonly string[];
};

type Place = Pick<AuditFlaw, 'file' | 'line' | 'number'>;

const spell = (from: number, to: number): string => from === to ? `entry ${from} is missing` : `entries ${from} to ${to} are missing`;

/** Walks a log, entry by entry. */
class Walk {
	entries = 0;
	files = 0;
	recovered = 0;
	flaw: AuditFlaw | undefined;
	last: StoredEntry | undefined;
	readonly accepted: AcceptedFlaw[] = [];
	/** Where each entry stands that somebody else knows, since the last one that was accepted. */
	readonly found = new Map<number, Place & {readonly mac: string}>();
	readonly begun = new Set<string>();
	isTorn = false;
	/** The last line. */
	place: Place = {file: 'audit.jsonl', line: 0, number: 0};
	/** The furthest entry that bears the right MAC, wherever it stands. */
	#highest = 0;
	#before: AuditHead;
	readonly #key: Uint8Array;
	readonly #wanted: ReadonlySet<number>;

	constructor(key: Uint8Array, wanted: ReadonlySet<number>, follows: AuditHead) {
		this.#before = follows;
		this.#key = key;
		this.#wanted = wanted;
	}

	take({file, number: line, bytes, isTorn}: LogLine): void {
		this.files += Number(file !== this.place.file || this.place.line === 0);
		this.place = {file, line, number: this.#before.number + 1};
		const parsed = parseLine(bytes);
		const isEntry = parsed !== undefined && isAuthentic(parsed, this.#key);
		const isFurther = isEntry && parsed.entry.number > this.#highest;
		this.#highest = isFurther ? parsed.entry.number : this.#highest;
		// One that is repeated accepts nothing.
		if (isFurther && parsed.entry.operation === 'audit-accept' && !isTorn) {
			this.#accept(parsed.entry);
			return;
		}

		if (this.flaw !== undefined) {
			return;
		}

		if (isTorn) {
			this.isTorn = true;
		} else if (this.isTorn) {
			this.#fail('a file ends in the middle of the line before: it was cut');
		} else if (parsed === undefined) {
			this.#fail('this is no entry: the line was changed');
		} else if (isEntry) {
			this.#follow(parsed.entry);
		} else {
			this.#fail(`the MAC of entry ${parsed.entry.number} is not that of its content: it was changed, or written with another key`);
		}
	}

	#follow(entry: StoredEntry): void {
		const breach = this.#breachAt(entry);
		if (breach === undefined) {
			this.#pass(entry);
		} else {
			this.#fail(breach);
		}
	}

	/** Why an entry does not follow the one before it; `undefined` where it does. */
	#breachAt({number, previous}: StoredEntry): string | undefined {
		const {number: before, mac} = this.#before;
		if (number <= before) {
			return `entry ${number} stands behind entry ${before}: it was repeated, or entries were put in another order`;
		}

		if (number > before + 1) {
			return `entry ${number} stands where ${before + 1} should: ${spell(before + 1, number - 1)}${this.entries === 0 ? ' at the beginning' : ', or entries were put in another order'}`;
		}

		return previous === mac ? undefined : `entry ${number} does not follow the entry ${before} that stands before it: one of them was exchanged`;
	}

	#pass(entry: StoredEntry): void {
		this.entries++;
		this.last = entry;
		this.#before = {number: entry.number, mac: entry.mac};
		this.recovered += Number(entry.operation === 'audit-recover');
		if (entry.result === 'begun') {
			this.begun.add(entry.run);
		} else {
			this.begun.delete(entry.run);
		}

		if (this.#wanted.has(entry.number)) {
			this.found.set(entry.number, {...this.place, mac: entry.mac});
		}
	}

	/** What follows is measured by this entry alone. */
	#accept(entry: StoredEntry): void {
		const {time, user, detail} = entry;
		const breach = this.#breachAt(entry);
		if (this.flaw === undefined && breach !== undefined) {
			this.#fail(breach);
		}

		this.accepted.push({time, user, ...(detail !== undefined && {detail}), ...(this.flaw && {flaw: this.flaw})});
		this.flaw = undefined;
		this.isTorn = false;
		this.found.clear();
		this.place = {...this.place, number: entry.number};
		this.#pass(entry);
	}

	#fail(message: string): void {
		this.flaw = {...this.place, message};
	}
}

/** What somebody else knows and the log does not have. The entries before the last one that they agree on are as they were. */
function findHeadFlaw({found, last, place, isTorn}: Walk, heads: readonly KnownHead[]): AuditFlaw | undefined {
	const end = last?.number ?? 0;
	let agreed = 0;
	for (const {number, mac, where} of heads) {
		const there = found.get(number);
		if (number > end) {
			const missing = spell(Math.max(end, agreed) + 1, number);
			return {...place, line: place.line + Number(!isTorn), number: end + 1, message: `the log ends with entry ${end}, but ${where} knows entry ${number}: ${missing}`};
		}

		if (there !== undefined && there.mac !== mac) {
			const {file, line} = there;
			const written = agreed + 1 === number ? `entry ${number} was` : `entries from ${agreed + 1} to ${number} were`;
			const why = agreed === number ? 'others know it as it stands here, so one of them was changed' : `${written} written anew, by somebody who has the key`;
			return {file, line, number, message: `entry ${number} is not the one that ${where} knows: ${why}`};
		}

		agreed = number;
	}

	return undefined;
}

/**
Verify a log: each entry by itself, that they follow one another without a gap, and that those which others know are there. What stands before an entry that accepts it is not measured again, but told.
@param key - See `withAuditKey`; it stays the caller's.
@param options.heads - What others know, in no order.
@param options.follows - The entry before the first line. @default the beginning of the log
*/
export function verifyLog(lines: Iterable<LogLine>, key: Uint8Array, {heads, follows = logBeginning}: {readonly heads: readonly KnownHead[]; readonly follows?: AuditHead}): AuditVerification {
	const walk = new Walk(key, new Set(heads.map(({number}) => number)), follows);
	for (const line of lines) {
		walk.take(line);
	}

	const acceptedMs = Date.parse(walk.accepted.at(-1)?.time ?? '');
	const isSuperseded = ({time}: KnownHead) => time !== undefined && Date.parse(time) <= acceptedMs;
	const sorted = heads.toSorted((a, b) => a.number - b.number);
	const headFlaw = findHeadFlaw(walk, sorted.filter(head => !isSuperseded(head)));
	// The chain breaks where it breaks; what others know may show that it was exchanged before.
	const flaw = walk.flaw !== undefined && (headFlaw === undefined || headFlaw.number >= walk.flaw.number) ? walk.flaw : headFlaw;
	const {last, entries, files, accepted, recovered, isTorn} = walk;
	return {
		entries,
		files,
		...(last && {head: {number: last.number, mac: last.mac, time: last.time}}),
		...(flaw && {flaw}),
		heads: sorted.map(head => ({...head, isFound: walk.found.get(head.number)?.mac === head.mac, isSuperseded: isSuperseded(head)})),
		accepted,
		recovered,
		isTorn,
		unended: [...walk.begun],
	};
}
