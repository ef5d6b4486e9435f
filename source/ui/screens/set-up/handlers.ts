import type {Dashboard} from '../../dashboard.ts';
import {movementHandlers, pageRows, type Handler, type Handlers} from '../../handler.ts';
import {toFailure} from '../../job-runner.ts';
import {createLine} from '../../line-edit.ts';
import {queueBackups} from '../../work.ts';
import type {OpenScreen} from '../screen.ts';
import {
	addFolder,
	choiceOf,
	fieldAtCursor,
	moveInSetUp,
	sourceAtCursor,
	toAbsolutePath,
	toggleSource,
	whyNotThere,
	withoutProblem,
	type SetUpField,
	type SetUpScreen,
} from './state.ts';

type Open = Extract<OpenScreen, {kind: 'set-up'}>;

const current = ({state}: Dashboard): Open => state.screens.at(-1) as Open;

function change(dashboard: Dashboard, next: (screen: SetUpScreen) => SetUpScreen): void {
	dashboard.changeScreen(current(dashboard).id, 'set-up', next);
}

const whileCreating = (dashboard: Dashboard): string | undefined => current(dashboard).isCreating ? 'Everything is being created: a moment, please. Ctrl-C leaves all the same.' : undefined;

const noPath = 'That is no absolute path: it has to begin with "/".';

const fieldPrompts: Readonly<Record<SetUpField, {readonly title: string; readonly hint: string}>> = {
	repository: {title: 'Repository', hint: 'The folder that is to hold all backups. It is created where it does not exist.'},
	keyFile: {title: 'Key file', hint: 'The file that is to hold the key. Nothing that exists is overwritten.'},
};

/** Ask for the path of a field, until it is one or nobody wants to change it. */
function edit(dashboard: Dashboard, field: SetUpField, text: string, problem?: string): void {
	dashboard.openOverlay({kind: 'prompt', ...fieldPrompts[field], line: createLine(text), ...(problem !== undefined && {problem}), onAnswer(answer) {
		const file = toAbsolutePath(answer);
		const changed = {...withoutProblem(current(dashboard)), ...(file !== undefined && {[field]: file})};
		const reason = file === undefined ? noPath : whyNotThere(changed);
		if (reason === undefined) {
			change(dashboard, () => changed);
		} else {
			edit(dashboard, field, answer, reason);
		}
	}});
}

async function addChecked(dashboard: Dashboard, answer: string, checkFolder: (folder: string) => Promise<string | undefined>): Promise<void> {
	const {id} = current(dashboard);
	const folder = toAbsolutePath(answer);
	const isThere = current(dashboard).sources.some(source => folder !== undefined && source.kind === 'files' && source.paths.includes(folder));
	const reason = folder === undefined ? noPath : (isThere ? 'This folder is in the list already.' : await checkFolder(folder));
	const {screens, overlay} = dashboard.state;
	if (reason === undefined) {
		dashboard.changeScreen(id, 'set-up', screen => addFolder(screen, folder!));
	} else if (overlay || screens.at(-1)?.id !== id) {
		dashboard.notify(reason, 'warning');
	} else {
		askForFolder(dashboard, answer, reason);
	}
}

/** Ask for a folder to back up, until it is one or nobody wants to add any. */
function askForFolder(dashboard: Dashboard, text: string, problem?: string): void {
	const {start} = dashboard.options;
	if (!('checkFolder' in start)) {
		return;
	}

	dashboard.openOverlay({
		kind: 'prompt', title: 'Add a folder', hint: 'The absolute path of a folder that is to be backed up.', line: createLine(text), ...(problem !== undefined && {problem}),
		onAnswer(answer) {
			void addChecked(dashboard, answer, start.checkFolder);
		},
	});
}

/** Create everything, and begin with the first backups. What stands in the way is shown, and nothing that was typed is lost. */
async function create(dashboard: Dashboard): Promise<void> {
	const {id} = current(dashboard);
	const choice = choiceOf(current(dashboard));
	change(dashboard, screen => ({...withoutProblem(screen), isCreating: true}));
	try {
		await dashboard.setUp(choice);
	} catch (error) {
		const {message} = toFailure(error);
		dashboard.changeScreen(id, 'set-up', screen => ({...screen, isCreating: false, problem: message}));
		return;
	}

	if (dashboard.connection) {
		dashboard.closeScreen();
		dashboard.dispatch({type: 'main-changed', change: {focus: 'jobs'}});
		// Not in the status line, where the end of a job would take its place; and not over the jobs.
		dashboard.openOverlay({kind: 'message', title: 'Keep the key file safe', isHigh: true, lines: [
			choice.keyFile, '', 'Without this file nobody can read the backups, you included. Copy it now to another place than this machine and the repository.', 'The first backup runs meanwhile. Nothing runs by itself yet: c shows the schedule, and what can start it.',
		]});
		// Of the configuration that is there now, though another one may have been written meanwhile.
		queueBackups(dashboard, dashboard.connection.sources.map(({source}) => source.name).filter(name => choice.sources.some(source => source.name === name)));
	}
}

const quit: Handler = {
	unavailable: whileCreating,
	run(dashboard) {
		dashboard.leave();
	},
};

/** The keys of this screen. */
export const firstRunHandlers: Handlers = {
	...movementHandlers((dashboard, movement) => {
		change(dashboard, screen => moveInSetUp(screen, movement, pageRows(dashboard)));
	}),
	mark: {
		unavailable: dashboard => whileCreating(dashboard) ?? (sourceAtCursor(current(dashboard)) ? undefined : 'Space marks a source; e edits this.'),
		run(dashboard) {
			change(dashboard, toggleSource);
		},
	},
	edit: {
		unavailable: dashboard => whileCreating(dashboard) ?? (fieldAtCursor(current(dashboard)) ? undefined : 'e edits the repository or the key file; Space marks a source.'),
		run(dashboard) {
			const screen = current(dashboard);
			const field = fieldAtCursor(screen)!;
			edit(dashboard, field, screen[field]);
		},
	},
	add: {
		unavailable: whileCreating,
		run(dashboard) {
			askForFolder(dashboard, '');
		},
	},
	open: {
		unavailable(dashboard) {
			const screen = current(dashboard);
			return whileCreating(dashboard) ?? whyNotThere(screen) ?? (choiceOf(screen).sources.length === 0 ? 'Mark at least one source with Space, or add a folder with +.' : undefined);
		},
		run(dashboard) {
			void create(dashboard);
		},
	},
	quit,
};
