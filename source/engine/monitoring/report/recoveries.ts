import type {SourceRun} from '../../state/source-memory.ts';
import type {RecoveryReport} from './report.ts';

/**
How long a source was without a good backup after one had failed: from the first failure to the end of the next run that made a snapshot.
@param runs - All that are known, oldest first, also from before the time.
@param time - Recoveries count that ended in it.
*/
export function recoveriesOf(runs: readonly SourceRun[], {fromMs, toMs}: {readonly fromMs: number; readonly toMs: number}): RecoveryReport | undefined {
	const spans: number[] = [];
	let failedSince: string | undefined;
	for (const {time, outcome, durationMs} of runs) {
		if (Date.parse(time) >= toMs) {
			break;
		}

		if (outcome === 'failed') {
			failedSince ??= time;
		} else if (failedSince !== undefined && outcome !== 'interrupted') {
			const endMs = Date.parse(time) + durationMs;
			if (endMs >= fromMs) {
				spans.push(Math.max(0, endMs - Date.parse(failedSince)));
			}

			failedSince = undefined;
		}
	}

	return spans.length === 0 && failedSince === undefined
		? undefined
		: {
			count: spans.length,
			...(spans.length > 0 && {meanMs: Math.round(spans.reduce((sum, span) => sum + span, 0) / spans.length), longestMs: Math.max(...spans)}),
			...(failedSince !== undefined && {failedSince}),
		};
}

/** Of several sources together: the mean counts each recovery once. */
export function sumUpRecoveries(recoveries: readonly RecoveryReport[]): RecoveryReport | undefined {
	const count = recoveries.reduce((sum, recovery) => sum + recovery.count, 0);
	const totalMs = recoveries.reduce((sum, recovery) => sum + recovery.count * (recovery.meanMs ?? 0), 0);
	return count === 0 ? undefined : {count, meanMs: Math.round(totalMs / count), longestMs: Math.max(...recoveries.map(({longestMs = 0}) => longestMs))};
}
