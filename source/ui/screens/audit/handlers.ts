import type {Dashboard} from '../../dashboard.ts';
import {movementHandlers, pageRows, type Handlers} from '../../handler.ts';
import {createLine} from '../../line-edit.ts';
import {clampRow} from '../../model/selectors.ts';
import {moveRow} from '../../scrolling.ts';
import type {OpenScreen} from '../screen.ts';
import {entryDetails} from './audit-rows.ts';
import {readAuditLog} from './open.ts';
import {shownEntries, type AuditScreen} from './state.ts';

const currentAudit = ({state}: Dashboard) => state.screens.at(-1) as Extract<OpenScreen, {kind: 'audit'}>;

function change(dashboard: Dashboard, update: Partial<AuditScreen>): void {
	dashboard.changeScreen(currentAudit(dashboard).id, 'audit', screen => ({...screen, ...update}));
}

function entryAtCursor(dashboard: Dashboard) {
	const screen = currentAudit(dashboard);
	const entries = shownEntries(screen);
	return entries[clampRow(screen.cursor, entries.length)];
}

/** The keys of this screen. */
export const auditHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		const screen = currentAudit(dashboard);
		const count = shownEntries(screen).length;
		change(dashboard, {cursor: moveRow(clampRow(screen.cursor, count), movement, {count, page: pageRows(dashboard)})});
	}),
	filter: {run(dashboard) {
		const {filter} = currentAudit(dashboard);
		dashboard.openOverlay({kind: 'filter', line: createLine(filter), before: filter, onChange(text) {
			change(dashboard, {filter: text, cursor: 0});
		}});
	}},
	open: {
		unavailable: dashboard => entryAtCursor(dashboard) ? undefined : 'There is no entry at the cursor.',
		run(dashboard) {
			const entry = entryAtCursor(dashboard)!;
			dashboard.openOverlay({kind: 'message', title: `Entry ${entry.number} of the audit log`, lines: entryDetails(entry)});
		},
	},
	refresh: {
		unavailable: dashboard => currentAudit(dashboard).isReading ? 'The audit log is being read.' : undefined,
		run(dashboard) {
			readAuditLog(dashboard, currentAudit(dashboard).id);
		},
	},
};
