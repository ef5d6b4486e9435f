import type {Dashboard} from '../../dashboard.ts';
import type {SecretPlace} from '../../dashboard-options.ts';
import {toFailure} from '../../job-runner.ts';
import {isActive} from '../../model/job.ts';
import {countKeys} from '../keys/count-keys.ts';

async function findPlace({connection}: Dashboard): Promise<SecretPlace> {
	try {
		return await connection?.secretPlace?.() ?? {kind: 'elsewhere', reason: 'Where the key in use lies is not known here: rotate it with "coffer key rotate".'};
	} catch (error) {
		return {kind: 'elsewhere', reason: toFailure(error).message};
	}
}

/** Open the rotation: that which runs, or else a new one. Nothing is done yet. */
export function openRotation(dashboard: Dashboard): void {
	const job = dashboard.state.jobs.findLast(candidate => candidate.kind === 'rotate' && isActive(candidate));
	showRotation(dashboard, job?.id);
}

/** @param job - A rotation that is going on, or has ended. @default none: what a new one would do */
export function showRotation(dashboard: Dashboard, job?: number): void {
	const id = dashboard.openScreen({kind: 'rotation', isReencrypting: false, offset: 0, ...(job !== undefined && {job})});
	countKeys(dashboard);
	void (async () => {
		const place = await findPlace(dashboard);
		dashboard.changeScreen(id, 'rotation', screen => ({...screen, place}));
	})();
}
