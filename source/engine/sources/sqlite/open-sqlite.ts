import {CofferError} from '../../errors.ts';
import type {SqliteSource} from '../source.ts';
import type {OpenStream} from '../source-stream.ts';

export const openSqlite: OpenStream<SqliteSource> = async ({name}) => {
	throw new CofferError('source-failed', `${name}: sources of the kind "sqlite" are not in this version.`);
};
