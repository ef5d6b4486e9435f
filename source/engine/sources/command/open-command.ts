import {CofferError} from '../../errors.ts';
import type {CommandSource} from '../source.ts';
import type {OpenStream} from '../source-stream.ts';

export const openCommand: OpenStream<CommandSource> = async ({name}) => {
	throw new CofferError('source-failed', `${name}: sources of the kind "command" are not in this version.`);
};
