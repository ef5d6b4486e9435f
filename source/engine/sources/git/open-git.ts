import {CofferError} from '../../errors.ts';
import type {GitSource} from '../source.ts';
import type {OpenStream} from '../source-stream.ts';

export const openGit: OpenStream<GitSource> = async ({name}) => {
	throw new CofferError('source-failed', `${name}: sources of the kind "git" are not in this version.`);
};
