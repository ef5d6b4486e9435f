import {isActive, type Job} from '../../../model/job.ts';
import {clampRow} from '../../../model/selectors.ts';

/** A line of the list below the progress. */
export type RunMessage = {readonly text: string; readonly isProblem: boolean};

/** What there is to tell: while it runs, what it warned of; afterwards, all that could not be restored, then what it warned of besides. */
export function messagesOf({warnings, result}: Job): RunMessage[] {
	if (result?.kind === 'load') {
		const {problems, notes} = result.summary;
		return [
			...problems.map(({database, message}): RunMessage => ({text: `${database}: ${message}`, isProblem: true})),
			...[...notes, ...warnings.filter(text => !notes.includes(text))].map((text): RunMessage => ({text, isProblem: false})),
		];
	}

	const problems = result?.kind === 'restore' ? result.summary.problems.map(({path, message}) => `${path}: ${message}`) : [];
	const told = new Set(result?.kind === 'restore' ? result.summary.problems.map(({path, message}) => `${path} was not restored: ${message}`) : []);
	return [
		...problems.map((text): RunMessage => ({text, isProblem: true})),
		...warnings.filter(text => !told.has(text)).map((text): RunMessage => ({text, isProblem: false})),
	];
}

/** The message that the cursor is on. @param cursor - Where somebody moved it. @default the last one while the job runs, then the first */
export function messageCursor(job: Job, cursor: number | undefined): number {
	const count = messagesOf(job).length;
	return clampRow(cursor ?? (isActive(job) ? count - 1 : 0), count);
}
