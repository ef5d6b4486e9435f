/**
Branded identifiers. All are lower-case hexadecimal strings, so that they stand in JSON, in file names and in messages as they are.
*/
declare const brand: unique symbol;
type Branded<Name extends string> = string & {readonly [brand]: Name};

/** 32 bytes: HMAC-SHA-256(id key, SHA-256(plaintext)). */
export type BlobId = Branded<'BlobId'>;
/** 32 bytes: SHA-256 of the pack file. */
export type PackId = Branded<'PackId'>;
/** 16 random bytes. */
export type SnapshotId = Branded<'SnapshotId'>;
/** 16 random bytes. */
export type DataKeyId = Branded<'DataKeyId'>;
/** 16 random bytes. */
export type EpochId = Branded<'EpochId'>;
/** 16 random bytes. */
export type SlotId = Branded<'SlotId'>;
/** 16 random bytes. */
export type RepositoryId = Branded<'RepositoryId'>;
/** 16 random bytes. */
export type WriterId = Branded<'WriterId'>;
/** 16 random bytes. */
export type LockId = Branded<'LockId'>;

/** Whether `text` is `byteCount` bytes in lower-case hexadecimal. */
export function isHex(text: string, byteCount: number): boolean {
	return text.length === byteCount * 2 && /^[\da-f]*$/.test(text);
}

/**
Brand a checked identifier.
@throws RangeError when `text` is not `byteCount` bytes of lower-case hexadecimal.
*/
export function toId<Id extends string>(text: string, byteCount: 16 | 32): Id {
	if (!isHex(text, byteCount)) {
		throw new RangeError(`Not an identifier of ${byteCount} bytes in hexadecimal`);
	}

	return text as Id;
}

/** The form shown to people: the first 8 digits. */
export function shortId(id: string): string {
	return id.slice(0, 8);
}
