import type {Dashboard} from '../../../dashboard.ts';
import {createLine} from '../../../line-edit.ts';
import {changeRestore, currentRestore} from '../current.ts';
import {loadableHere, type RestoreScreen} from '../state.ts';
import {findUrlProblem, nextDatabases, parsePasswordFile, type ServerTarget} from './server-target.ts';

/** Change what is known of the server; nothing where the snapshot has nothing for one. */
export function changeServer(dashboard: Dashboard, change: (server: ServerTarget, screen: RestoreScreen) => ServerTarget): void {
	changeRestore(dashboard, screen => screen.server ? {...screen, server: change(screen.server, screen)} : screen);
}

/** Ask for the URL, until it is one that can be meant or nobody wants to change it. */
function askForUrl(dashboard: Dashboard, text: string, problem?: string): void {
	const loadable = loadableHere(currentRestore(dashboard))!;
	dashboard.openOverlay({
		kind: 'prompt', title: 'Load into', hint: 'The URL of a database server, without a password. With a database in it, the dump goes into that one; else each into one of its own name.', line: createLine(text), ...(problem !== undefined && {problem}),
		onAnswer(answer) {
			const typed = answer.trim();
			const flaw = findUrlProblem(typed, loadable);
			if (flaw) {
				askForUrl(dashboard, flaw.text, flaw.problem);
			} else {
				changeServer(dashboard, server => ({...server, url: typed}));
			}
		},
	});
}

function askForPasswordFile(dashboard: Dashboard, text: string, before?: string): void {
	dashboard.openOverlay({
		kind: 'prompt', title: 'Password file', hint: 'The absolute path of a file whose first line is the password, and that nobody else may read. Empty: no file.', line: createLine(text), ...(before !== undefined && {problem: before}),
		onAnswer(answer) {
			const {file, problem} = parsePasswordFile(answer);
			if (problem === undefined) {
				changeServer(dashboard, ({passwordFile: _, ...server}) => ({...server, ...(file !== undefined && {passwordFile: file})}));
			} else {
				askForPasswordFile(dashboard, answer, problem);
			}
		},
	});
}

/** Change the thing about the server that the cursor stands on. */
export function editServer(dashboard: Dashboard): void {
	const {server} = currentRestore(dashboard);
	switch (server?.field) {
		case undefined: {
			break;
		}

		case 'url': {
			askForUrl(dashboard, server.url);
			break;
		}

		case 'databases': {
			changeServer(dashboard, (current, screen) => nextDatabases(current, loadableHere(screen)!, screen.chosen));
			break;
		}

		case 'checksums': {
			changeServer(dashboard, current => ({...current, hasChecksums: !current.hasChecksums}));
			break;
		}

		case 'password': {
			askForPasswordFile(dashboard, server.passwordFile ?? '');
			break;
		}
	}
}

/** The other answer to what happens to a database that has something. */
export function toggleOverwrite(dashboard: Dashboard): void {
	changeServer(dashboard, server => ({...server, overwrite: server.overwrite === 'never' ? 'always' : 'never'}));
}
