import type {LoadSummary} from '../../../../engine/index.ts';
import {formatAmount} from '../../../../text/format.ts';
import type {Dashboard} from '../../../dashboard.ts';
import {emptyLine} from '../../../line-edit.ts';
import {currentRestore} from '../current.ts';
import {fullOnes} from './inspection.ts';
import type {ServerTarget} from './server-target.ts';
import {startLoading} from './start.ts';

const maximumNamed = 4;

/** Why it cannot be loaded like this. */
export function whyNotLoad(summary: LoadSummary, {overwrite}: ServerTarget): string | undefined {
	const [full] = fullOnes(summary);
	return full && overwrite === 'never' ? `The database "${full.into}" is not empty. o lets all that it has be replaced; or go back and name another one in the URL.` : undefined;
}

/** Load, once somebody has typed the name where something would be replaced. */
export function confirmLoading(dashboard: Dashboard, summary: LoadSummary): void {
	const full = fullOnes(summary);
	if (full.length === 0) {
		startLoading(dashboard);
		return;
	}

	dashboard.openOverlay({
		kind: 'typed', title: 'Replace what is there', word: currentRestore(dashboard).name, line: emptyLine,
		lines: [
			...full.slice(0, maximumNamed).map(({into, existing}) => `All that the database "${into}" of ${summary.server} has would be replaced: ${formatAmount(existing!.objects, 'object')}, ${formatAmount(existing!.tables, 'table')} among them.`),
			...(full.length > maximumNamed ? [`And that of ${formatAmount(full.length - maximumNamed, 'more database')}.`] : []),
			'What is replaced cannot be brought back.',
		],
		onConfirm() {
			startLoading(dashboard);
		},
	});
}
