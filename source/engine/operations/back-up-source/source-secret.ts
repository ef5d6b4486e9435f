import type {Buffer} from 'node:buffer';
import {CofferError, errorText, isCofferError} from '../../errors.ts';
import type {Source} from '../../sources/source.ts';

/**
The secret of a source, which the caller wipes. One that is not there is a failure of this source alone: the others can still be backed up.
@param read - Is given what names the source in errors.
@throws `source-failed`; what else `read` throws
*/
export async function readSecretOf({name}: Source, read: (what: string) => Promise<Buffer>): Promise<Buffer> {
	try {
		return await read(`the source "${name}"`);
	} catch (error) {
		throw isCofferError(error, 'configuration-invalid', 'key-file-missing', 'key-file-unsafe') ? new CofferError('source-failed', errorText(error), {context: {...error.context, source: name}, cause: error}) : error;
	}
}
