import type {Buffer} from 'node:buffer';
import type {AuditHead} from '../audit-head.ts';
import {CofferError, errorText, isCofferError} from '../errors.ts';
import type {Runtime} from '../runtime.ts';
import type {Actor} from './actor.ts';
import type {AuditEntry, AuditOperation, AuditRecord, AuditResult} from './audit-entry.ts';
import type {AuditLog} from './audit-log.ts';

/** What must not happen unless it is noted. All else goes on with a warning: to have no backup, or not to get at one, is worse than a gap in the log. */
const noted: ReadonlySet<AuditOperation> = new Set([
	'init', 'forget', 'prune', 'import', 'key-add', 'key-remove', 'key-rotate', 'key-export', 'key-import', 'alert-acknowledge', 'alert-unacknowledge', 'config-edit', 'schedule-install', 'schedule-remove', 'audit-accept',
]);

export type AuditTrailOptions = {
	readonly log: AuditLog;
	readonly runtime: Pick<Runtime, 'randomBytes'>;
	/** Who acts now, with the key slot that the repository was opened with, if it was. */
	readonly actor: () => Actor & Pick<AuditEntry, 'role' | 'slot'>;
	/** Gives the log's key for a moment. */
	readonly withKey: <Result>(action: (key: Buffer) => Result) => Result;
	/** Told what could not be noted. */
	readonly warn: (message: string) => void;
};

/** What is about to be done. */
export type AuditedWork = Pick<AuditRecord, 'operation'> & {
	readonly detail?: string | undefined;
	/** @default none */
	readonly objects?: readonly string[];
};

/** How it went, where that is more than that it went well. */
export type AuditedEnd = {
	/** @default 'ok' */
	readonly result?: Exclude<AuditResult, 'begun'>;
	/** Besides those that were named before. @default none */
	readonly objects?: readonly string[];
	readonly detail?: string | undefined;
};

/** Notes in the audit log what somebody does: that it begins, before anything is changed, and how it ended. */
export class AuditTrail {
	readonly log: AuditLog;
	readonly #options: AuditTrailOptions;
	readonly #told = new Set<string>();

	constructor(options: AuditTrailOptions) {
		this.log = options.log;
		this.#options = options;
	}

	/**
	Do something that is noted.
	@param tell - What is worth noting of its result. @default that it went well
	@throws `audit-failed` before anything is done, where it must be noted and cannot be; what `action` throws
	*/
	async run<Result>(work: AuditedWork, action: () => Promise<Result>, tell: (result: Result) => AuditedEnd = () => ({})): Promise<Result> {
		const run = this.#newRun();
		const {operation, objects = [], detail} = work;
		const common = {operation, run, ...(detail !== undefined && {detail})};
		const isBegun = this.#begin({...common, result: 'begun', objects});
		const end = (record: AuditedEnd) => {
			if (isBegun) {
				this.#tryToAppend({...common, result: 'ok', ...withoutMissing(record), objects: [...objects, ...(record.objects ?? [])]}, 'The entry of how it ended is missing.');
			}
		};

		let result: Result;
		try {
			result = await action();
		} catch (error) {
			end({result: isCofferError(error, 'aborted') ? 'interrupted' : 'failed', detail: errorText(error)});
			throw error;
		}

		end(tell(result));
		return result;
	}

	/** Note something that is done in one step, before it is done. @throws `audit-failed` where it must be noted and cannot be */
	note(work: AuditedWork & {readonly result?: AuditResult}): void {
		const {operation, objects = [], detail, result = 'ok'} = work;
		this.#begin({operation, result, objects, run: this.#newRun(), ...(detail !== undefined && {detail})});
	}

	/** The end of the log, as this host remembers it. */
	head(): AuditHead | undefined {
		try {
			return this.log.head();
		} catch (error) {
			if (isCofferError(error)) {
				return undefined;
			}

			throw error;
		}
	}

	#newRun(): string {
		return this.#options.runtime.randomBytes(8).toString('hex');
	}

	/** @returns Whether it was noted. @throws `audit-failed` where it must be */
	#begin(record: AuditRecord): boolean {
		if (!noted.has(record.operation)) {
			return this.#tryToAppend(record, 'What is done goes on without an entry.');
		}

		try {
			this.#append(record);
			return true;
		} catch (error) {
			throw isCofferError(error) ? new CofferError(error.code, `${errorText(error)} Nothing was done: what cannot be noted there is not done.`, {context: error.context, cause: error}) : error;
		}
	}

	#tryToAppend(record: AuditRecord, consequence: string): boolean {
		try {
			this.#append(record);
			return true;
		} catch (error) {
			if (!isCofferError(error)) {
				throw error;
			}

			const message = `${errorText(error)} ${consequence}`;
			if (!this.#told.has(message)) {
				this.#told.add(message);
				this.#options.warn(message);
			}

			return false;
		}
	}

	#append(record: AuditRecord): void {
		const {log, actor, withKey} = this.#options;
		withKey(key => log.append(record, actor(), key));
	}
}

function withoutMissing({result, detail}: AuditedEnd): Partial<Pick<AuditRecord, 'result' | 'detail'>> {
	return {...(result && {result}), ...(detail !== undefined && {detail})};
}
