import type {RestoreSummary} from '../../source/engine/index.ts';

type Change = Partial<Omit<RestoreSummary, 'planned'>> & {readonly planned?: Partial<RestoreSummary['planned']>};

/** What a restore tells that makes one file, with what a test changes of it. */
export function buildRestoreSummary({planned, ...change}: Change = {}): RestoreSummary {
	return {
		restored: 1, skipped: 0, failed: 0, bytes: 86_014, deleted: 0, problems: [], durationMs: 300,
		planned: {folders: 2, foldersReplacing: 0, create: 1, replace: 0, compare: 0, beside: 0, identical: 0, kept: 0, delete: 0, ...planned}, ...change,
	};
}
