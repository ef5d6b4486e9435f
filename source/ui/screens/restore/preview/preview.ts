import type {LoadSummary, PreviewAction, RestoreSummary} from '../../../../engine/index.ts';
import type {Failure} from '../../../model/job.ts';

/** The fourth step: what the restore would do. */
export type Preview =
	| {readonly status: 'running'; readonly entries: number}
	| {readonly status: 'failed'; readonly failure: Failure}
	| {readonly status: 'ready'; readonly summary: RestoreSummary; readonly cursor: number}
	/** Of a database server. */
	| {readonly status: 'inspected'; readonly summary: LoadSummary; readonly cursor: number};

/** So many entries are shown one by one. */
export const previewLimit = 500;

/** One line of the list: what cannot be restored comes first. */
export type PreviewItem = {
	readonly action: PreviewAction | 'cannot';
	readonly path: string;
	readonly size?: number;
	/** Why it cannot be restored. */
	readonly message?: string;
};

export function itemsOf({problems, preview = []}: RestoreSummary): PreviewItem[] {
	return [...problems.slice(0, previewLimit).map(({path, message}): PreviewItem => ({action: 'cannot', path, message})), ...preview];
}

/** Whether something that is there would, or could, be replaced. */
export function isOverwriting({planned}: Pick<RestoreSummary, 'planned'>): boolean {
	return planned.replace + planned.foldersReplacing + planned.compare + planned.delete > 0;
}

/** Whether nothing is left to be done. */
export function isIdle({planned}: Pick<RestoreSummary, 'planned'>): boolean {
	return planned.create + planned.folders === 0 && !isOverwriting({planned});
}
