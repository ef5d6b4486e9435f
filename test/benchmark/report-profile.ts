import {stepNames, steps} from './figures.ts';
import {table} from './markdown.ts';
import {totalOf, type ProfileResult, type StepProfile} from './profile-result.ts';
import {profileNames, type Results} from './stored-results.ts';
import {workKindNames, workKinds, type WorkKind} from './work-kinds.ts';

const titles: Readonly<Record<typeof profileNames[number], string>> = {before: 'Before the work on speed', after: 'After it'};

function cellOf(profile: StepProfile | undefined, kind: WorkKind): string {
	const seconds = profile?.[kind];
	return profile === undefined || seconds === undefined ? '–' : `${seconds.toFixed(2)} (${Math.round(seconds / totalOf(profile) * 100)} %)`;
}

function renderProfile(title: string, {program, date, rounds, size, frequency, steps: profiles}: ProfileResult): string {
	const kinds = workKindNames.filter(kind => stepNames.some(step => profiles[step]?.[kind] !== undefined));
	return [
		`### ${title}`,
		`${program}, on ${date}: ${frequency} samples a second, the mean of ${rounds} ${rounds === 1 ? 'run' : 'runs'}${size === 1 ? '' : ` with ${size} of the data`}. Processor seconds, and their share.`,
		table(['kind of work', ...stepNames.map(step => steps[step].title)], [
			...kinds.map(kind => [workKinds[kind], ...stepNames.map(step => cellOf(profiles[step], kind))]),
			['together', ...stepNames.map(step => totalOf(profiles[step] ?? {}).toFixed(2))],
		]),
	].join('\n\n');
}

/** Where coffer's time goes, before and after. */
export function renderProfiles(profiles: Results['profiles']): string {
	return [
		'## Where the time goes',
		'Coffer with the generated data of an app server, each step sampled by `perf` (event `cpu-clock`) in all threads and in the kernel, and each sample counted to a kind of work by the function that it fell in. Made by `npm run bench:profile -- before` and `after`, apart from the comparison: sampling has a price of its own.',
		...profileNames.filter(name => profiles[name]).map(name => renderProfile(titles[name], profiles[name]!)),
	].join('\n\n');
}
