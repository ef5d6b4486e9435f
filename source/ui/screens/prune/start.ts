import type {PruneSummary} from '../../../engine/index.ts';
import {formatAmount, formatBytes} from '../../../text/format.ts';
import type {Dashboard} from '../../dashboard.ts';
import {emptyLine} from '../../line-edit.ts';
import type {OpenScreen} from '../screen.ts';

type Open = Extract<OpenScreen, {kind: 'prune'}>;

const word = 'prune';

function start(dashboard: Dashboard, {id}: Open): void {
	const {retention} = dashboard.connection ?? {};
	const job = dashboard.jobs.add({
		kind: 'prune', subject: 'the repository',
		work: async (engine, options) => ({kind: 'prune', summary: await engine.prune({...(retention && {retention})}, options)}),
	});
	dashboard.changeScreen(id, 'prune', screen => ({...screen, job}));
}

/** Ask for the word, then prune: a job, which goes on when the screen is left. */
export function confirmPrune(dashboard: Dashboard, screen: Open, {forgotten, freedBytes}: PruneSummary): void {
	dashboard.openOverlay({
		kind: 'typed', title: 'Prune', word, line: emptyLine,
		lines: [
			`${formatAmount(forgotten.length, 'snapshot is', 'snapshots are')} forgotten, and about ${formatBytes(Math.max(0, freedBytes))} freed. Nobody brings that back.`,
			'All is decided anew as it begins: what has come since is looked at, too.',
		],
		onConfirm() {
			start(dashboard, screen);
		},
	});
}
