import type {Job, Schedule} from '../../engine/index.ts';

const membersOf = (job: Job): string[] => Object.keys(job);

/** What is different in a job that both have, in a few words. */
function describeChange(before: Job, after: Job): string | undefined {
	if (before.isEnabled !== after.isEnabled) {
		return `${after.name} is switched ${after.isEnabled ? 'on' : 'off'}`;
	}

	if (before.expression !== after.expression || before.timeZone !== after.timeZone) {
		return `${after.name} runs at "${after.expression}" ${after.timeZone}, not at "${before.expression}" ${before.timeZone}`;
	}

	const members = [...new Set([...membersOf(before), ...membersOf(after)])] as Array<keyof Job>;
	const changed = members.filter(member => JSON.stringify(before[member]) !== JSON.stringify(after[member]));
	return changed.length === 0 ? undefined : `${after.name} is changed (${changed.join(', ')})`;
}

/** What of a schedule differs from that before it, for people; empty where nothing does. */
export function describeChanges(before: Schedule, after: Schedule): string[] {
	const find = (jobs: readonly Job[], name: string) => jobs.find(job => job.name === name);
	const gone = (from: readonly string[], others: readonly string[]) => from.filter(name => !others.includes(name));
	return [
		...(before.state.url === after.state.url ? [] : [`the repository is ${after.state.url}, not ${before.state.url}`]),
		...gone(after.sources, before.sources).map(name => `the source ${name} is new`),
		...gone(before.sources, after.sources).map(name => `the source ${name} is gone`),
		...after.jobs.flatMap(job => {
			const earlier = find(before.jobs, job.name);
			const change = earlier ? describeChange(earlier, job) : `${job.name} is new`;
			return change === undefined ? [] : [change];
		}),
		...before.jobs.filter(({name}) => !find(after.jobs, name)).map(({name}) => `${name} is gone`),
	];
}
