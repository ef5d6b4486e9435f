import path from 'node:path';
import type {Dashboard} from '../../../dashboard.ts';
import {movementHandlers, type Handler, type Handlers} from '../../../handler.ts';
import {createLine} from '../../../line-edit.ts';
import {changeRestore, currentRestore} from '../current.ts';
import {nextPolicy} from '../policy-texts.ts';
import {startPreview} from '../preview/start.ts';
import {targetFolder} from '../state.ts';
import {backHandlers} from '../step-handlers.ts';

/** Ask for a folder, until it is one that can be meant or nobody wants to change it. */
function askForTarget(dashboard: Dashboard, text: string, problem?: string): void {
	dashboard.openOverlay({
		kind: 'prompt', title: 'Restore into', hint: 'A folder, from the root. It is made where it does not exist.', line: createLine(text), ...(problem !== undefined && {problem}),
		onAnswer(answer) {
			takeFolder(dashboard, answer);
		},
	});
}

function takeFolder(dashboard: Dashboard, text: string): void {
	const folder = path.normalize(text.trim());
	if (!path.isAbsolute(folder)) {
		askForTarget(dashboard, text, 'An absolute path is wanted: it begins with a slash.');
	} else if (folder === '/') {
		changeRestore(dashboard, screen => ({...screen, place: 'original'}));
	} else {
		changeRestore(dashboard, screen => ({...screen, place: 'folder', ownFolder: folder.replace(/\/$/, '')}));
	}
}

const preview: Handler = {run(dashboard) {
	changeRestore(dashboard, screen => ({...screen, step: 'preview'}));
	startPreview(dashboard);
}};

/** The keys of the third step. */
export const targetHandlers: Handlers = {
	...backHandlers,
	...movementHandlers((dashboard, movement) => {
		changeRestore(dashboard, screen => ({...screen, place: ['up', 'first', 'page-up'].includes(movement) ? 'folder' : 'original'}));
	}),
	edit: {run(dashboard) {
		askForTarget(dashboard, targetFolder(currentRestore(dashboard)));
	}},
	policy: {run(dashboard) {
		changeRestore(dashboard, screen => ({...screen, policy: nextPolicy(screen.policy)}));
	}},
	open: preview,
	'next-step': preview,
};
