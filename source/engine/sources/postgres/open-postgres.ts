import {CofferError} from '../../errors.ts';
import type {PostgresSource} from '../source.ts';
import type {OpenStream} from '../source-stream.ts';

export const openPostgres: OpenStream<PostgresSource> = async ({name}) => {
	throw new CofferError('source-failed', `${name}: sources of the kind "postgres" are not in this version.`);
};
