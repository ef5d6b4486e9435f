import type {VerifyRun} from '../state/host-state.ts';
import {countText} from './age-text.ts';
import type {AlertFacts} from './assess-alerts.ts';
import type {Finding} from './alert.ts';

/**
Whether a verification looked at all that an earlier one did. A part of the data is chosen anew each time, so only all of it covers a part.
*/
export function canReplace(later: VerifyRun, earlier: VerifyRun): boolean {
	const hasData = earlier.data === 'none' || later.data === 'all';
	const asked = later.snapshots && new Set(later.snapshots);
	const hasSnapshots = asked === undefined || (earlier.snapshots?.every(id => asked.has(id)) ?? false);
	return hasData && hasSnapshots && (later.isComplete || !earlier.isComplete);
}

/** The newest verification that found damage which no later one, covering as much, has found gone. @param runs - Oldest first. */
export function findStandingDamage(runs: readonly VerifyRun[]): VerifyRun | undefined {
	return runs.findLast((run, index) => run.problems > 0 && runs.slice(index + 1).every(later => !(later.problems === 0 && canReplace(later, run))));
}

/** Objects that every command reads, and that are damaged now. */
function describeProblems(problems: AlertFacts['problems'], url: string): Finding {
	return {
		key: `damage:read/${url}`,
		kind: 'damage',
		severity: 'critical',
		object: url,
		message: `${countText(problems.length, 'object')} that every command reads ${problems.length === 1 ? 'is' : 'are'} damaged`,
		cause: problems[0]!.message,
		nextStep: 'run "coffer verify --read-data": it names everything that is hit, and what to do',
	};
}

function describeDamage({time, problems, damaged, data}: VerifyRun, url: string): Finding {
	return {
		key: `damage:verify/${url}`,
		kind: 'damage',
		severity: 'critical',
		object: url,
		message: `the verification of ${time} found damage in ${countText(problems, 'object')}`,
		cause: damaged[0]?.message ?? 'it named no object',
		nextStep: `put back what is damaged from a copy of the repository, or back up again; then run "coffer verify${data === 'none' ? '' : ' --read-data'}"`,
	};
}

/** Damage that shows at the first look, and damage that a verification found. */
export function findDamage({url, problems, verifyRuns}: AlertFacts): Finding[] {
	const run = findStandingDamage(verifyRuns);
	return [...(problems.length > 0 ? [describeProblems(problems, url)] : []), ...(run ? [describeDamage(run, url)] : [])];
}

/** The repository is not the one that this host knows, or was put back. */
export function findBrokenTrust({trust, url}: Pick<AlertFacts, 'trust' | 'url'>): Finding[] {
	return [
		...(trust?.isExchanged
			? [{
				key: `exchanged:${url}`,
				kind: 'exchanged' as const,
				severity: 'critical' as const,
				object: url,
				message: 'another repository lies there than the one that this host knows',
				cause: 'it was made anew, or somebody has exchanged it',
				nextStep: 'find out who did it; if that was on purpose, let this host remember anew: delete the file state.db in its state folder',
			}]
			: []),
		...(trust?.isRolledBack
			? [{
				key: `rolled-back:${url}`,
				kind: 'rolled-back' as const,
				severity: 'critical' as const,
				object: url,
				message: 'its key slots are older than those that this host has seen there',
				cause: 'keys/ was put back to an older state, and keys that were removed or replaced since may open it again',
				nextStep: 'find out who did it; then change the keys with "coffer key rotate"',
			}]
			: []),
	];
}
