import {CofferError} from '../errors.ts';

/** The error for something that does not read back right after it was sealed. @param what - Names it, at the beginning of a sentence. */
export function memoryCorrupted(what: string, cause?: unknown): CofferError {
	return new CofferError('memory-corrupted', `${what} does not read back as it was put in, right after it was encrypted and before it was stored: memory or processor of this machine make errors. `
		+ 'It was not stored, and no snapshot was made. Test the memory (memtest86+) before you trust this machine with backups; earlier runs may have suffered, too: run "coffer verify --read-data".', cause === undefined ? {} : {cause});
}
