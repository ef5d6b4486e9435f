import type {ByteLimit} from './byte-limit.ts';

/** An object as a listing shows it. */
export type StoredObject = {
	/** Path from the root of the storage, with `/`. */
	readonly name: string;
	readonly sizeBytes: number;
};

export type ByteRange = {
	readonly offset: number;
	readonly length: number;
};

export type ReadOptions = {
	/** Only these bytes. @default the whole object */
	readonly range?: ByteRange;
	/** Refuse a whole object that is larger, before memory is taken for it. @default 64 MiB */
	readonly maximumBytes?: number;
	readonly signal?: AbortSignal;
};

export type RemoveOptions = {
	/** Overwrite the bytes as far as that is possible here, and whatever becomes of that: for small objects that hold what opens others. Who reads the object meanwhile may find it damaged, and then gone. @default false */
	readonly isWiped?: boolean;
};

export type StorageUsage = {
	/** Bytes of all objects here; undefined where counting would cost a full listing. */
	readonly usedBytes?: number;
	/** Bytes that can still be written; undefined where the storage does not say. */
	readonly freeBytes?: number;
	readonly totalBytes?: number;
	/** Files that can still be made, and that there is room for in all; undefined where the file system does not count them. */
	readonly freeInodes?: number;
	readonly totalInodes?: number;
};

/** The default of `ReadOptions.maximumBytes`. */
export const defaultMaximumReadBytes = 64 * 1024 * 1024;

/**
An object that is being written and whose name is known only at the end. Nobody sees it before `commit`.
Calls must not overlap, except that `discard` may come at any time.
*/
export type PendingObject = {
	/** Append the parts in order. The buffers may be reused once the promise is settled. */
	append(parts: readonly Uint8Array[]): Promise<void>;
	/**
	Make it durable, then visible under `name`, then make the name durable; replaces an object of that name. After a failure nothing is visible
	and the temporary object is gone as far as possible; a failed fsync is never retried.
	*/
	commit(name: string): Promise<void>;
	/** Throw it away; never fails, does nothing after `commit`. */
	discard(): Promise<void>;
};

/**
Where a repository's objects lie: names to bytes, with these promises. One conformance suite holds every implementation to them.

- A name is one or more parts of `[A-Za-z0-9._-]`, joined by `/`; no part is empty, `.` or `..`, or begins with a dot; 1 to 200 characters in all. Anything else throws `RangeError`, in every call, before anything happens.
- `write` and `commit` are atomic and durable: after they return, the object survives a power cut; before, a reader sees the old object or none, never a part.
- `read` returns exactly the object or the range asked for. It throws `object-missing` where there is no such object, `damaged` where the object is shorter than the range needs or larger than `maximumBytes`.
- `list` shows every object below a folder that was complete before the call, and no temporary one; objects that come or go meanwhile may or may not be shown. A folder that does not exist has no objects. Order is undefined. Files whose names the rules above forbid are left out.
- `remove` of a missing object succeeds; when it returns, the removal is durable. The object is gone before a byte of it is overwritten, and it is removed also where that fails.
- Errors are `CofferError`: `storage-full` (no space, quota), `storage-denied` (permission, read-only), `storage-failed` (all else, with `isRetryable` where a second try may help), `aborted`. The message names the object and never holds credentials.
- Calls may overlap. Nothing is cached: every `read` asks the storage itself.
*/
export type Storage = {
	/** Shown to people and kept in records: without credentials. */
	readonly url: string;
	/** Whether another thread can open the same storage from its URL. */
	readonly isShareable: boolean;
	/** Whether reading costs no network: then what is stored may be read again and again. */
	readonly isLocal: boolean;
	/** How fast it is written to: what another thread that opens it must keep to as well. @default no limit */
	readonly limit?: ByteLimit;
	read(name: string, options?: ReadOptions): Promise<Buffer>;
	/** Size in bytes, or `undefined` where there is no such object. */
	size(name: string): Promise<number | undefined>;
	list(folder: string, signal?: AbortSignal): Promise<StoredObject[]>;
	write(name: string, data: Uint8Array): Promise<void>;
	create(): Promise<PendingObject>;
	remove(name: string, options?: RemoveOptions): Promise<void>;
	usage(): Promise<StorageUsage>;
	/** Delete what crashed writers left behind (temporary objects older than `olderThanMs`); returns how many. */
	sweep(olderThanMs: number): Promise<number>;
	close(): Promise<void>;
};

const namePattern = /^[A-Za-z\d_-][\w.-]*(?:\/[A-Za-z\d_-][\w.-]*)*$/;

/** Whether `name` follows the rules for names. */
export function isObjectName(name: string): boolean {
	return name.length <= 200 && namePattern.test(name);
}

/** @throws RangeError when `name` breaks the rules for names. */
export function assertObjectName(name: string): void {
	if (!isObjectName(name)) {
		throw new RangeError(`Not an object name: ${JSON.stringify(name.slice(0, 80))}`);
	}
}
