import type {LoadedDatabase, LoadSummary} from '../../../../engine/index.ts';
import type {ServerTarget} from './server-target.ts';

/** What would become of a database: made anew, filled as there is nothing in it, replaced with all that it has, or refused for that. */
export type LoadAction = 'create' | 'fill' | 'replace' | 'refuse';

export function actionOf({existing}: Pick<LoadedDatabase, 'existing'>, {overwrite}: Pick<ServerTarget, 'overwrite'>): LoadAction {
	if (existing === undefined) {
		return 'create';
	}

	return existing.objects === 0 ? 'fill' : (overwrite === 'always' ? 'replace' : 'refuse');
}

/** The databases that have something. */
export function fullOnes({databases}: Pick<LoadSummary, 'databases'>): readonly LoadedDatabase[] {
	return databases.filter(({existing}) => (existing?.objects ?? 0) > 0);
}
