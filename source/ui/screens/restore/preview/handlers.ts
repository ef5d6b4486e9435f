import type {Dashboard} from '../../../dashboard.ts';
import {movementHandlers, type Handlers} from '../../../handler.ts';
import {emptyLine} from '../../../line-edit.ts';
import {moveRow} from '../../../scrolling.ts';
import {formatAmount} from '../../../../text/format.ts';
import {changeRestore, currentRestore} from '../current.ts';
import {policyText} from '../policy-texts.ts';
import {startRestore} from '../run/start.ts';
import {confirmLoading, whyNotLoad} from '../server/confirm.ts';
import {targetOf} from '../state.ts';
import {goBack} from '../step-handlers.ts';
import {changePolicy} from '../target/change-policy.ts';
import {listLines} from './layout.ts';
import {isIdle, isOverwriting, itemsOf} from './preview.ts';
import {startPreview} from './start.ts';

function whyNotConfirm(dashboard: Dashboard): string | undefined {
	const {preview, server} = currentRestore(dashboard);
	if (preview?.status === 'inspected') {
		return whyNotLoad(preview.summary, server!);
	}

	if (preview?.status !== 'ready') {
		return preview?.status === 'failed' ? 'The preview failed: nothing can be restored like this.' : 'The preview is not ready yet.';
	}

	return isIdle(preview.summary) ? 'Nothing would be restored. o changes what happens to files that exist already.' : undefined;
}

function confirm(dashboard: Dashboard): void {
	const screen = currentRestore(dashboard);
	const {name, preview, policy, snapshot} = screen;
	if (preview?.status === 'inspected') {
		confirmLoading(dashboard, preview.summary);
		return;
	}

	if (preview?.status !== 'ready') {
		return;
	}

	if (!isOverwriting(preview.summary)) {
		startRestore(dashboard);
		return;
	}

	const {replace, foldersReplacing, compare} = preview.summary.planned;
	const replaced = replace + foldersReplacing;
	dashboard.openOverlay({
		kind: 'typed', title: 'Replace what is there', word: name, line: emptyLine,
		lines: [
			...(replaced > 0 ? [`${formatAmount(replaced, 'entry', 'entries')} in ${targetOf(screen)} would be replaced by the snapshot's.`] : []),
			...(compare > 0 ? [`${formatAmount(compare, 'file')} would be compared, and replaced where the content differs.`] : []),
			`Files that exist already: ${policyText(policy, snapshot)}. What is replaced cannot be brought back.`,
		],
		onConfirm() {
			startRestore(dashboard);
		},
	});
}

/** The keys of the fourth step. */
export const previewHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		const page = listLines(dashboard.state.size);
		changeRestore(dashboard, screen => {
			const {preview} = screen;
			if (preview?.status !== 'ready' && preview?.status !== 'inspected') {
				return screen;
			}

			const count = preview.status === 'ready' ? itemsOf(preview.summary).length : preview.summary.databases.length;
			return {...screen, preview: {...preview, cursor: moveRow(preview.cursor, movement, {count, page})}};
		});
	}),
	back: {run(dashboard) {
		currentRestore(dashboard).errands.end('preview');
		goBack(dashboard);
	}},
	open: {
		unavailable: dashboard => currentRestore(dashboard).preview?.status === 'failed' ? undefined : 'Enter restores nothing: y does, n goes back.',
		run: startPreview,
	},
	policy: {run(dashboard) {
		changePolicy(dashboard);
		startPreview(dashboard);
	}},
	confirm: {unavailable: whyNotConfirm, run: confirm},
};
