import type {Buffer} from 'node:buffer';
import path from 'node:path';
import type {AuditHead} from '../audit-head.ts';
import {CofferError, errorText, isCofferError, systemErrorCode} from '../errors.ts';
import type {RepositoryId} from '../ids.ts';
import {AuditHeadState} from '../state/audit-head.ts';
import type {StateContext} from '../state/database.ts';
import type {Actor} from './actor.ts';
import {appendEntry} from './append-entry.ts';
import {auditFolder, currentFile, systemAuditFiles, type AuditFileSystem} from './audit-files.ts';
import type {AuditEntry, AuditRecord} from './audit-entry.ts';
import {keepLocalKey, readLocalKey} from './local-key.ts';
import {openLog, type OpenLog} from './open-log.ts';

export type AuditLogOptions = StateContext & {
	/** Absolute. */
	readonly stateFolder: string;
	readonly repository: RepositoryId;
	/** @default that of the system */
	readonly fileSystem?: AuditFileSystem;
	/** See `AppendOptions`. */
	readonly fullBytes?: number;
};

/** The audit log of one repository on this host. Several processes may use it at once. */
export class AuditLog {
	readonly folder: string;
	readonly #options: AuditLogOptions;
	readonly #state: AuditHeadState;

	constructor(options: AuditLogOptions) {
		this.folder = auditFolder(options.stateFolder, options.repository);
		this.#options = options;
		this.#state = new AuditHeadState(options.stateFolder, options.repository, options);
	}

	/** The file that is written to, for advice. */
	get file(): string {
		return path.join(this.folder, currentFile);
	}

	/**
	Append an entry; it is durable when this returns.
	@param key - See `withAuditKey`; it stays the caller's.
	@throws `audit-failed`; the log is as it was then
	*/
	append(record: AuditRecord, actor: Actor & Pick<AuditEntry, 'role' | 'slot'>, key: Uint8Array): AuditHead {
		const {runtime, fileSystem = systemAuditFiles, fullBytes} = this.#options;
		try {
			return this.#state.advance(known => unforeseen(() => {
				const head = appendEntry({...actor, ...record, time: new Date(runtime.now()).toISOString()}, {folder: this.folder, key, known, fileSystem, fullBytes});
				keepLocalKey(this.folder, key);
				return head;
			}));
		} catch (error) {
			throw this.#failure('written', error);
		}
	}

	/** The key that this host keeps, for what is done without the repository; the caller wipes it. @returns `undefined` where it keeps none. @throws `audit-failed` */
	localKey(): Buffer | undefined {
		try {
			return readLocalKey(this.folder);
		} catch (error) {
			throw this.#failure('written', error);
		}
	}

	/** The end that this host remembers. @throws `state-failed` */
	head(): AuditHead | undefined {
		return this.#state.read();
	}

	/**
	Open all files at one moment, and see the end that this host remembers. Whoever gets it closes it. Where the state cannot be read, that is not known.
	@throws `audit-failed`
	*/
	open(): OpenLog {
		try {
			return this.#state.look(known => unforeseen(() => openLog(this.folder, known)));
		} catch (error) {
			if (!isCofferError(error, 'state-failed')) {
				throw this.#failure('read', error);
			}
		}

		// Nobody can be kept from writing now, but the log only grows: what is remembered already stands in it.
		const known = this.#readableHead();
		try {
			return openLog(this.folder, known);
		} catch (error) {
			throw this.#failure('read', error);
		}
	}

	/** May be used again afterwards. */
	close(): void {
		this.#state.close();
	}

	#readableHead(): AuditHead | undefined {
		try {
			return this.#state.read();
		} catch (error) {
			if (isCofferError(error, 'state-failed')) {
				return undefined;
			}

			throw error;
		}
	}

	#failure(participle: string, error: unknown): unknown {
		const reason = error instanceof Unforeseen ? error.cause : error;
		if (!isCofferError(reason, 'state-failed') && systemErrorCode(reason) === undefined) {
			return reason;
		}

		const {stateFolder} = this.#options;
		const remedy = remedies[systemErrorCode(reason) ?? ''] ?? `see that there is room on the file system of ${stateFolder}, and that this user may write there`;
		return new CofferError('audit-failed', `The audit log ${this.file} could not be ${participle}: ${errorText(reason).replace(/\.$/, '')}. To go on, ${remedy}.`, {context: {file: this.file}, cause: reason});
	}
}

const remedies: Readonly<Record<string, string>> = {
	ENOSPC: 'free space on its file system',
	EDQUOT: 'free space: the quota of this user is used up',
	EACCES: 'let this user write there, or run coffer as the user who does',
	EPERM: 'let this user write there, or run coffer as the user who does',
	EROFS: 'mount its file system for writing, or name another state folder (COFFER_STATE_DIRECTORY)',
	EINVAL: 'take away what lies in its place',
	ELOOP: 'take the symbolic link away that lies in its place',
};

/** Carries an error of the system past the state, which is not what has failed. */
class Unforeseen extends Error {
	override readonly name = 'Unforeseen';
}

function unforeseen<Result>(action: () => Result): Result {
	try {
		return action();
	} catch (error) {
		throw new Unforeseen(errorText(error), {cause: error});
	}
}
