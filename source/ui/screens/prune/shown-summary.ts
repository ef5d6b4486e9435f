import type {PruneSummary} from '../../../engine/index.ts';
import type {Job} from '../../model/job.ts';
import type {PruneScreen} from './state.ts';

/** What is shown: what a prune has done, else what one would do. */
export function shownSummary({jobs}: {readonly jobs: readonly Job[]}, {job: id, preview}: Pick<PruneScreen, 'job' | 'preview'>): PruneSummary | undefined {
	const result = jobs.find(job => job.id === id)?.result;
	return result?.kind === 'prune' ? result.summary : preview;
}
