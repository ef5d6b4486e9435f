import {Buffer} from 'node:buffer';
import type {AuditHead} from '../audit-head.ts';
import {CofferError, isCofferError} from '../errors.ts';
import type {Finding} from '../monitoring/alert.ts';
import type {HostMemory} from '../monitoring/host-memory.ts';
import {actorOf} from '../audit/actor.ts';
import type {AuditOperation, AuditResult} from '../audit/audit-entry.ts';
import {withAuditKey} from '../audit/audit-key.ts';
import {AuditLog} from '../audit/audit-log.ts';
import {AuditTrail, type AuditedWork} from '../audit/audit-trail.ts';
import {auditFolder} from '../audit/audit-files.ts';
import {isAuthentic, logBeginning, parseLine, type StoredEntry} from '../audit/entry-line.ts';
import {decodeExportHeader, encodeExportHeader} from '../audit/exported-log.ts';
import {readKnownHeads} from '../audit/known-heads.ts';
import {openLines, type LogLine} from '../audit/open-log.ts';
import {verifyLog, type AuditVerification, type KnownHead} from '../audit/verify-log.ts';
import {findAuditTrouble, findUnreadableAudit} from './audit-findings.ts';

type Scene = {
	readonly memory: HostMemory;
	/** Absolute. */
	readonly stateFolder: string;
	/** See `EngineOptions`. */
	readonly origin?: string | undefined;
};

/** Which entries are meant. */
export type AuditSelection = {
	/** @default from the beginning */
	readonly fromMs?: number;
	/** @default all */
	readonly operation?: AuditOperation;
};

/** An entry as it is shown. */
export type ShownEntry = StoredEntry & {/** Whether its MAC is that of its content. Only a verification tells whether an entry is missing. */ readonly isAuthentic: boolean};

/** What the audit log says. */
export type AuditLook = {
	/** The last ones, oldest first. */
	readonly entries: readonly ShownEntry[];
	readonly verification: AuditVerification;
};

/** What a watch of this host finds about the audit log. */
export type AuditExamination = {
	/** `undefined` where the log cannot be read. */
	readonly verification?: AuditVerification;
	readonly findings: readonly Finding[];
};

/** What is done with the audit log of an open repository on this host. */
export class EngineAudit {
	/** Notes what is done. */
	readonly trail: AuditTrail;
	readonly #scene: Scene;
	readonly #log: AuditLog;

	constructor(scene: Scene) {
		const {memory, stateFolder, origin} = scene;
		const {session} = memory;
		const {runtime} = session;
		const warn = (message: string) => {
			memory.warn(message);
		};

		this.#scene = scene;
		this.#log = new AuditLog({stateFolder, repository: session.keyring.repository.id, runtime, warn});
		const actor = actorOf(runtime, origin);
		this.trail = new AuditTrail({
			log: this.#log,
			runtime,
			warn,
			actor: () => ({...actor, role: session.keyring.role, slot: session.slot.slotId}),
			withKey: action => withAuditKey(session, action),
		});
		session.auditHead = () => this.trail.head();
	}

	/** Where the log lies. */
	get folder(): string {
		return auditFolder(this.#scene.stateFolder, this.#scene.memory.session.keyring.repository.id);
	}

	/** The end of the log, as this host remembers it. */
	head(): AuditHead | undefined {
		return this.trail.head();
	}

	/** Note something that is done with the repository besides what the engine does. @throws `audit-failed` where it must be noted and cannot be */
	note(work: AuditedWork & {readonly result?: AuditResult}): void {
		this.trail.note(work);
	}

	/**
	Verify the log of this host, against what this host and the repository know of it.
	@throws `audit-failed` where it cannot be read; what the storage throws; `aborted`
	*/
	async verify({signal}: {readonly signal?: AbortSignal} = {}): Promise<AuditVerification> {
		const {memory: {session}} = this.#scene;
		const {host} = session.runtime.identity;
		// Before the log is opened: what comes to be known later may not be in it.
		const told = await readKnownHeads(session, host, signal);
		const log = this.#log.open();
		try {
			const heads: KnownHead[] = [...told, ...(log.known ? [{...log.known, where: 'this host'}] : [])];
			return withAuditKey(session, key => verifyLog(log.lines(), key, {heads}));
		} finally {
			log.close();
		}
	}

	/** As `verify`, for who watches this host: what is wrong is a finding, also where the log cannot be read. @throws what the storage throws; `aborted` */
	async examine(options: {readonly signal?: AbortSignal} = {}): Promise<AuditExamination> {
		try {
			const verification = await this.verify(options);
			return {verification, findings: findAuditTrouble(verification, this.folder)};
		} catch (error) {
			if (!isCofferError(error, 'audit-failed')) {
				throw error;
			}

			return {findings: [findUnreadableAudit(error, this.folder)]};
		}
	}

	/**
	Verify a file that `export` wrote, on whatever host, against what the repository knows of that log.
	@param file - Absolute.
	@throws `usage` for another file; `audit-failed` where it cannot be read, or its first line is not what was written; what the storage throws; `aborted`
	*/
	async verifyFile(file: string, {signal}: {readonly signal?: AbortSignal} = {}): Promise<AuditVerification & {readonly host: string}> {
		const {memory: {session}} = this.#scene;
		const log = openLines(file);
		try {
			const lines = log.lines()[Symbol.iterator]();
			const first = lines.next();
			const {host, repository, follows, head} = withAuditKey(session, key => decodeExportHeader(first.done ? Buffer.alloc(0) : first.value.bytes, key, file));
			if (repository !== session.keyring.repository.id) {
				throw new CofferError('usage', `${file} is the log of another repository (${repository}). Name that one with --repository.`, {context: {file}});
			}

			const told = await readKnownHeads(session, host, signal);
			const heads: KnownHead[] = [...told.filter(({number}) => number > follows.number && number <= head.number), {...head, where: 'its first line'}];
			const rest: Iterable<LogLine> = {[Symbol.iterator]: () => lines};
			return {...withAuditKey(session, key => verifyLog(rest, key, {heads, follows})), host};
		} finally {
			log.close();
		}
	}

	/** Entries, oldest first; lines that are none are passed over. @throws `audit-failed` where the log cannot be read */
	entries({fromMs = -Infinity, operation}: AuditSelection = {}): ShownEntry[] {
		const log = this.#log.open();
		try {
			return withAuditKey(this.#scene.memory.session, key => {
				const entries: ShownEntry[] = [];
				for (const {bytes} of log.lines()) {
					const parsed = parseLine(bytes);
					if (parsed && Date.parse(parsed.entry.time) >= fromMs && (operation === undefined || parsed.entry.operation === operation)) {
						entries.push({...parsed.entry, isAuthentic: isAuthentic(parsed, key)});
					}
				}

				return entries;
			});
		} finally {
			log.close();
		}
	}

	/** What the log says, and whether it is what was written. @throws as `verify` */
	async look({limit, ...options}: {/** So many of the last entries. @default 1000 */ readonly limit?: number | undefined; readonly signal?: AbortSignal} = {}): Promise<AuditLook> {
		const verification = await this.verify(options);
		return {entries: this.entries().slice(-(limit ?? 1000)), verification};
	}

	/**
	The log as a text that can be verified elsewhere: a line about it, and every line from the first entry of that time on.
	@throws `audit-failed` where it cannot be read; `usage` where there is no entry
	*/
	export({fromMs = -Infinity}: Pick<AuditSelection, 'fromMs'> = {}): {readonly bytes: Buffer; readonly entries: number} {
		const {memory: {session}} = this.#scene;
		const log = this.#log.open();
		try {
			const lines: Buffer[] = [];
			let before = logBeginning;
			let follows: AuditHead | undefined;
			for (const {bytes, isTorn} of log.lines()) {
				const entry = parseLine(bytes)?.entry;
				follows ??= entry && Date.parse(entry.time) >= fromMs ? before : undefined;
				before = entry ? {number: entry.number, mac: entry.mac} : before;
				if (follows && !isTorn) {
					lines.push(bytes, Buffer.from('\n'));
				}
			}

			if (follows === undefined) {
				throw new CofferError('usage', `The audit log ${this.folder} has no entry from that time. Name an earlier one with --since, or none.`);
			}

			const exported = new Date(session.runtime.now()).toISOString();
			const from = follows;
			const {host} = session.runtime.identity;
			const repository = session.keyring.repository.id;
			const header = withAuditKey(session, key => encodeExportHeader({repository, host, exported, follows: from, head: before}, key));
			return {bytes: Buffer.concat([header, ...lines]), entries: lines.length / 2};
		} finally {
			log.close();
		}
	}

	/**
	Accept what is wrong with the log: somebody has looked into it. From then on the log is measured from this entry on; what was wrong stays visible.
	@param note - What was found out.
	@throws `audit-failed`
	*/
	accept(note: string): void {
		this.trail.note({operation: 'audit-accept', detail: note});
	}

	close(): void {
		this.#log.close();
	}
}
