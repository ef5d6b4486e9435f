import type {ByteString} from '../../byte-string.ts';
import type {ContentMeasures} from '../../content-measures.ts';
import type {ContentLook} from './content-look.ts';
import {isLooseObject} from './loose-object.ts';
import {ThinnedSample} from './thinned-sample.ts';

/** So many former contents are read, to see what changed and removed files held. */
const formerContents = 32;

/** Counts what a backup sees of contents. */
export class ContentTally {
	#readFiles = 0;
	#readBytes = 0;
	#examinedFiles = 0;
	#opaqueFiles = 0;
	#opaqueBytes = 0;
	#returnedFiles = 0;
	#looseObjects = 0;
	#stillThere = 0;
	#newFiles = 0;
	#changedFiles = 0;
	#opaqueChangedFiles = 0;
	/** First chunks of what changed and removed files held. */
	readonly #former = new ThinnedSample<string>(formerContents);

	/** An entry that is in the snapshot, and no directory. */
	place(folder: ByteString, name: ByteString): void {
		this.#looseObjects += isLooseObject(folder, name) ? 1 : 0;
	}

	/** An entry that is no directory, and that the previous snapshot has as none either. */
	meet(): void {
		this.#stillThere++;
	}

	/** The content of a file was read. @param wasThere - Whether the previous snapshot has it as a file. */
	count(sizeBytes: number, {isOpaque, content}: ContentLook, wasThere: boolean): void {
		this.#readFiles++;
		this.#readBytes += sizeBytes;
		const isChanged = wasThere && content !== 'same';
		this.#newFiles += wasThere ? 0 : 1;
		this.#changedFiles += isChanged ? 1 : 0;
		if (isOpaque === undefined) {
			return;
		}

		this.#examinedFiles++;
		if (isOpaque) {
			this.#opaqueFiles++;
			this.#opaqueBytes += sizeBytes;
			this.#opaqueChangedFiles += isChanged ? 1 : 0;
		} else {
			this.#returnedFiles += content === 'known' ? 1 : 0;
		}
	}

	/** A file has changed or is gone. @param firstChunk - Gives the id of the first chunk that the previous snapshot has of it; asked for few. */
	notice(firstChunk: () => string | undefined): void {
		this.#former.offer(firstChunk);
	}

	/** First chunks of some files that changed or are gone, as the previous snapshot has them. */
	get formerChunks(): readonly string[] {
		return this.#former.items;
	}

	/** @param before - How many entries that are no directories the previous snapshot has, where that could be compared. */
	measures(before: number | undefined): ContentMeasures {
		return {
			readFiles: this.#readFiles,
			readBytes: this.#readBytes,
			examinedFiles: this.#examinedFiles,
			opaqueFiles: this.#opaqueFiles,
			opaqueBytes: this.#opaqueBytes,
			returnedFiles: this.#returnedFiles,
			...(this.#looseObjects > 0 && {looseObjects: this.#looseObjects}),
			...(before !== undefined && {changes: {
				before,
				newFiles: this.#newFiles,
				changedFiles: this.#changedFiles,
				opaqueChangedFiles: this.#opaqueChangedFiles,
				removedFiles: Math.max(0, before - this.#stillThere),
			}}),
		};
	}
}
