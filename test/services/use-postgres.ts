import test from 'ava';
import {postgresLack, TestPostgres} from './postgres.ts';

/** A server for all tests of a file, which ends after the last of them. @returns What gives it, within tests; where there can be none, those are skipped by `postgresLack`. */
export function usePostgres(): () => TestPostgres {
	let server: TestPostgres | undefined;
	if (postgresLack === undefined) {
		test.before(async () => {
			server = await TestPostgres.start();
		});
		test.after.always(async () => {
			await server?.stop();
		});
	}

	return () => server!;
}
