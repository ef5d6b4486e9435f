import type {StoredSnapshot} from '../../../engine/index.ts';
import type {DashboardState} from '../../model/state.ts';
import type {SourceScreen} from './state.ts';

/** The snapshots of the source of a screen, the newest first. */
export function snapshotsOf({snapshots}: Pick<DashboardState, 'snapshots'>, {name, host}: Pick<SourceScreen, 'name' | 'host'>): readonly StoredSnapshot[] {
	return (snapshots?.snapshots ?? []).filter(snapshot => snapshot.source === name && snapshot.host === host).toReversed();
}
