import type {SnapshotId} from '../ids.ts';
import type {Verification, VerifyRun} from '../state/host-state.ts';

/**
Snapshots that this host's verifications have found damaged, and not found intact since. One that was made while such a verification ran may be among them.
@param verifications - When each snapshot was last found intact.
@param runs - Of verifications, oldest first.
*/
export function damagedSnapshots(
	snapshots: ReadonlyArray<{readonly id: SnapshotId; readonly time: string}>,
	verifications: ReadonlyMap<SnapshotId, Pick<Verification, 'time'>>,
	runs: ReadonlyArray<Pick<VerifyRun, 'time' | 'snapshots' | 'isComplete' | 'problems'>>,
): Set<SnapshotId> {
	const damaged = snapshots.filter(({id, time}) => {
		const last = runs.findLast(run => run.isComplete && run.time > time && (run.snapshots?.includes(id) ?? true));
		return last !== undefined && last.problems > 0 && (verifications.get(id)?.time ?? '') < last.time;
	});
	return new Set(damaged.map(({id}) => id));
}
