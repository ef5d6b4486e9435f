import path from 'node:path';
import type {CommandContext} from '../command-line.ts';
import {toSourceName} from '../finding/source-name.ts';
import {passphraseVariables} from '../secrets.ts';
import {printSetUp, setUp} from '../set-up.ts';
import type {SourceInFile} from '../source-schemas.ts';

/** Whether nothing on this host or this command line says which repository is meant. */
async function isUnconfigured({arguments: flags, environment, ...context}: CommandContext): Promise<boolean> {
	const isNamed = [flags.text('config'), flags.text('repository'), flags.text('keyFile')].some(value => value !== undefined)
		|| ['COFFER_CONFIG', 'COFFER_REPOSITORY', 'COFFER_KEY_FILE', ...passphraseVariables].some(name => environment[name]);
	return !isNamed && await context.config() === undefined;
}

function sourceOf(folder: string): SourceInFile {
	return {name: toSourceName(path.basename(folder), 'folder'), kind: 'files', paths: [folder], ignoreFiles: ['.gitignore']};
}

/** Make everything in the usual places, with the current folder as the one source; back it up, verify it, and show how it stands. */
async function startFresh(context: CommandContext): Promise<number> {
	const {output, cwd} = context;
	output.note('There is no configuration yet: making a local repository, a key file and a configuration with the current folder as its one source.');
	const result = await setUp(context, {isWithPassphrase: false, sources: [sourceOf(cwd)]});
	printSetUp(context, result);
	output.note(`Source         ${cwd}, without what its .gitignore files name`);
	let worst = 0;
	for (const [name, argv] of [['backup', []], ['verify', ['--read-data']], ['status', []]] as const) {
		output.note();
		output.note(`coffer ${[name, ...argv].join(' ')}`);
		const code = await context.runCommand(name, argv);
		worst ||= code;
		if (code !== 0 && code !== 3) {
			break;
		}
	}

	return worst;
}

/**
`coffer` without a command: on a terminal the dashboard, else the status; with `--headless` what is due is run.
With `--embedded-default` (`npm start`) on a host without a configuration and without a terminal: everything is made in the usual places first.
*/
export async function runDefault(context: CommandContext): Promise<number> {
	if (context.arguments.isSet('headless')) {
		const {runDue} = await import('./run-due.ts');
		return runDue(context);
	}

	const isFirstRun = await isUnconfigured(context);
	const isEmbedded = context.arguments.isSet('embeddedDefault');
	if (context.hasScreen) {
		const {showDashboard} = await import('../dashboard.ts');
		return showDashboard(context, isFirstRun, isFirstRun && isEmbedded ? [sourceOf(context.cwd)] : []);
	}

	return isFirstRun && isEmbedded ? startFresh(context) : context.runCommand('status', []);
}
