import path from 'node:path';
import type {Dashboard} from '../../../dashboard.ts';
import {movementHandlers, type Handler, type Handlers} from '../../../handler.ts';
import {createLine} from '../../../line-edit.ts';
import {moveRow, type Movement} from '../../../scrolling.ts';
import {changeRestore, currentRestore} from '../current.ts';
import {startPreview} from '../preview/start.ts';
import {editServer} from '../server/handlers.ts';
import {whyNotLoadable} from '../server/server-target.ts';
import {loadableHere, targetFolder, targetRowsOf, type RestoreScreen} from '../state.ts';
import {backHandlers} from '../step-handlers.ts';
import {changePolicy} from './change-policy.ts';

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
	} else if (folder === '/' && !targetRowsOf(currentRestore(dashboard)).includes('original')) {
		askForTarget(dashboard, text, 'What this snapshot holds was never in a place of its own on a disk: name a folder for it.');
	} else if (folder === '/') {
		changeRestore(dashboard, screen => ({...screen, place: 'original'}));
	} else {
		changeRestore(dashboard, screen => ({...screen, place: 'folder', ownFolder: folder.replace(/\/$/, '')}));
	}
}

const preview: Handler = {
	unavailable(dashboard) {
		const screen = currentRestore(dashboard);
		return screen.place === 'server' ? whyNotLoadable(screen.server!, loadableHere(screen)!) : undefined;
	},
	run(dashboard) {
		changeRestore(dashboard, screen => ({...screen, step: 'preview'}));
		startPreview(dashboard);
	},
};

/** The screen with the cursor on another row, which is the choice, too. */
function move(screen: RestoreScreen, movement: Movement): RestoreScreen {
	const rows = targetRowsOf(screen);
	const at = rows.indexOf(screen.place === 'server' ? screen.server!.field : screen.place);
	const to = rows[moveRow(at, movement, {count: rows.length, page: rows.length})]!;
	return to === 'folder' || to === 'original' ? {...screen, place: to} : {...screen, place: 'server', server: {...screen.server!, field: to}};
}

const edit: Handler = {run(dashboard) {
	if (currentRestore(dashboard).place === 'server') {
		editServer(dashboard);
	} else {
		askForTarget(dashboard, targetFolder(currentRestore(dashboard)));
	}
}};

/** The keys of the third step. */
export const targetHandlers: Handlers = {
	...backHandlers,
	...movementHandlers((dashboard, movement) => {
		changeRestore(dashboard, screen => move(screen, movement));
	}),
	edit,
	mark: {
		unavailable: dashboard => currentRestore(dashboard).place === 'server' ? undefined : 'The arrows choose where to; e edits the folder.',
		run: edit.run,
	},
	policy: {run: changePolicy},
	open: preview,
	'next-step': preview,
};
