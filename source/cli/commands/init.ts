import process from 'node:process';
import type {CommandContext} from '../command-line.ts';
import {findSources, type ProposedSource} from '../found-sources.ts';
import {isConfirmed} from '../prompt.ts';
import {printSetUp, setUp} from '../set-up.ts';

const names = (sources: readonly ProposedSource[]): string => sources.map(({name, paths}) => `${name} (${paths.join(', ')})`).join(', ');

/** `coffer init`. Asks only somebody at a terminal, and there only what was not said. */
export async function init(context: CommandContext): Promise<number> {
	const {arguments: flags, environment, output, log} = context;
	const hasConfig = await context.config() !== undefined;
	const proposed = hasConfig ? [] : await findSources({isRoot: process.geteuid?.() === 0, home: environment['HOME']});
	const isAsking = proposed.length > 0 && !flags.isSet('defaults') && context.isInteractive;
	const isTaking = proposed.length > 0 && (flags.isSet('defaults') || (isAsking && await isConfirmed(`Found here: ${names(proposed)}. Configure these as sources?`, context)));
	const sources = isTaking ? proposed : [];
	const result = await setUp(context, {isWithPassphrase: flags.isSet('passphrase'), sources});
	log.write('info', 'repository made', {repository: result.repository, keyFile: result.keyFile, configFile: result.configFile});
	output.value({...result, sources: sources.map(({name}) => name), proposedSources: proposed});
	printSetUp(context, result);
	if (result.configFile !== undefined) {
		if (sources.length > 0) {
			output.note(`Sources        ${names(sources)}`);
		} else if (proposed.length > 0) {
			output.note(`No sources are configured yet. Found here: ${names(proposed)}; add what you want to the configuration, or name paths: coffer backup ${proposed[0]!.paths[0]}`);
		}
	}

	return 0;
}
