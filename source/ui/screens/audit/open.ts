import type {Dashboard} from '../../dashboard.ts';
import {toFailure} from '../../job-runner.ts';
import {screenSignal} from '../../screen-signal.ts';
import {emptyAuditScreen} from './state.ts';

/** Read the log and verify it, for an open screen. */
export async function readAuditLog(dashboard: Dashboard, id: number): Promise<void> {
	const read = dashboard.connection?.readAuditLog;
	if (!read) {
		return;
	}

	const signal = screenSignal(dashboard, id);
	dashboard.changeScreen(id, 'audit', screen => ({...screen, isReading: true}));
	try {
		const look = await read(signal);
		dashboard.changeScreen(id, 'audit', ({problem: _, ...screen}) => ({...screen, look, isReading: false}));
	} catch (error) {
		dashboard.changeScreen(id, 'audit', screen => ({...screen, problem: toFailure(error).message, isReading: false}));
	}
}

/** Open the audit log, and verify it. */
export function openAudit(dashboard: Dashboard): void {
	void readAuditLog(dashboard, dashboard.openScreen(emptyAuditScreen));
}
