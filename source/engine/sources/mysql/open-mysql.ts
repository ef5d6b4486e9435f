import {CofferError} from '../../errors.ts';
import type {MysqlSource} from '../source.ts';
import type {OpenStream} from '../source-stream.ts';

export const openMysql: OpenStream<MysqlSource> = async ({name}) => {
	throw new CofferError('source-failed', `${name}: sources of the kind "mysql" are not in this version.`);
};
