import type {Dashboard} from '../../dashboard.ts';
import {screenSignal} from '../../screen-signal.ts';
import {emptyAuditScreen} from './state.ts';

/** So many of the last entries are shown. */
const shownEntries = 2000;

/** Read the log and verify it, for an open screen. */
export function readAuditLog(dashboard: Dashboard, id: number): void {
	const signal = screenSignal(dashboard, id);
	dashboard.changeScreen(id, 'audit', screen => ({...screen, isReading: true}));
	dashboard.load(async engine => engine.readAuditLog({limit: shownEntries, signal}), look => {
		dashboard.changeScreen(id, 'audit', ({problem: _, ...screen}) => ({...screen, look, isReading: false}));
	}, ({message}) => {
		dashboard.changeScreen(id, 'audit', screen => ({...screen, problem: message, isReading: false}));
	});
}

/** Open the audit log, and verify it. */
export function openAudit(dashboard: Dashboard): void {
	readAuditLog(dashboard, dashboard.openScreen(emptyAuditScreen));
}
