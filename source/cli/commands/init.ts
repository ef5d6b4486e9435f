import process from 'node:process';
import type {CommandContext} from '../command-line.ts';
import {chooseFound, describeAll} from '../finding/choose-found.ts';
import type {FoundSource} from '../finding/found-source.ts';
import {findSources} from '../found-sources.ts';
import {isConfirmed} from '../prompt.ts';
import {printSetUp, setUp} from '../set-up.ts';

/** Which of what was found is configured: asked for at a terminal, with --defaults the usual folders, else nothing. */
async function choose(found: readonly FoundSource[], context: CommandContext): Promise<readonly FoundSource[]> {
	if (context.arguments.isSet('defaults')) {
		return found.filter(({isUsual}) => isUsual);
	}

	return context.isInteractive ? chooseFound(found, async question => isConfirmed(question, context)) : [];
}

/** What was found and not taken, and how to add it. */
function printRest({output}: CommandContext, rest: readonly FoundSource[], hasSources: boolean): void {
	if (rest.length === 0) {
		return;
	}

	const folder = rest.flatMap(({source}) => source.kind === 'files' ? source.paths : [])[0];
	const way = `add what you want to the configuration${folder === undefined || hasSources ? ' with "coffer config edit"' : `, or name paths: coffer backup ${folder}`}`;
	output.note(hasSources ? `Found here, too: ${describeAll(rest)}; ${way}` : `No sources are configured yet. Found here: ${describeAll(rest)}; ${way}`);
}

/** `coffer init`. Asks only somebody at a terminal, and there only what was not said. */
export async function init(context: CommandContext): Promise<number> {
	const {arguments: flags, environment, output, log, paths, runtime} = context;
	const hasConfig = await context.config() !== undefined;
	const found = hasConfig ? [] : await findSources({isRoot: process.geteuid?.() === 0, home: environment['HOME'], runtime, ownFolders: [paths.stateFolder, paths.defaultRepository]});
	const chosen = await choose(found, context);
	const sources = chosen.map(({source}) => source);
	const result = await setUp(context, {isWithPassphrase: flags.isSet('passphrase'), sources});
	log.write('info', 'repository made', {repository: result.repository, keyFile: result.keyFile, configFile: result.configFile});
	log.in('security').write('info', 'first key made', {repository: result.repository, keyFile: result.keyFile});
	output.value({...result, sources: sources.map(({name}) => name), proposedSources: found.map(({source}) => source)});
	printSetUp(context, result);
	if (result.configFile !== undefined) {
		if (chosen.length > 0) {
			output.note(`Sources        ${describeAll(chosen)}`);
		}

		printRest(context, found.filter(one => !chosen.includes(one)), chosen.length > 0);
	}

	return 0;
}
