/** What became of the entries of the previous snapshot that are no directories. */
export type ChangeMeasures = {
	/** So many there were. */
	readonly before: number;
	/** Files whose name was not there. */
	readonly newFiles: number;
	/** Files that were there, with another content. */
	readonly changedFiles: number;
	/** Of these, files whose content looks encrypted now. */
	readonly opaqueChangedFiles: number;
	/** Entries that are not there any more. */
	readonly removedFiles: number;
};

/** What a backup of files has seen of their contents: counts alone, as names belong into trees. Contents are looked at while they are read; those of files that are taken over are not. */
export type ContentMeasures = {
	/** Files whose content was read, and what that had. */
	readonly readFiles: number;
	readonly readBytes: number;
	/** Of these, files that are large enough to be told apart. */
	readonly examinedFiles: number;
	/** Of the examined, those that look encrypted: bytes as even as chance, and of no kind that is known to be compressed. */
	readonly opaqueFiles: number;
	readonly opaqueBytes: number;
	/** Of the examined, those that do not look encrypted, and whose content an earlier snapshot had, but not the previous one in that place: put back, or moved. */
	readonly returnedFiles: number;
	/** Of all files in the snapshot, objects of Git that it will put into packs. */
	readonly looseObjects?: number;
	/** Missing where there was no previous snapshot, or the key may not read it: then all files were read. */
	readonly changes?: ChangeMeasures;
	/** Of a sample of the files that changed or are gone: what they held in the previous snapshot. Only where many contents look encrypted now. */
	readonly former?: {readonly files: number; readonly opaqueFiles: number};
};
