import process from 'node:process';
import {runProgram, type ProgramContext} from '../../engine/index.ts';
import {ownScript} from '../own-command.ts';

/**
Run coffer itself, as a person would, on a host of its own: configuration, state and all else lie in one folder.
@param home - Absolute.
@returns What it has printed, line by line.
@throws `internal` where its exit code is not 0; `aborted`
*/
export async function runCoffer(argv: readonly string[], home: string, context: ProgramContext): Promise<string[]> {
	const inHome = (name: string) => `${home}/${name}`;
	const {output} = await runProgram({
		program: process.execPath,
		arguments: [ownScript, '--headless', ...argv],
		what: `coffer ${argv.join(' ')}`,
		failureCode: 'internal',
		workingFolder: home,
		environment: {HOME: home, XDG_CONFIG_HOME: inHome('.config'), XDG_STATE_HOME: inHome('.state'), XDG_CACHE_HOME: inHome('.cache'), XDG_DATA_HOME: inHome('.data'), NO_COLOR: '1'},
	}, context);
	return output.toString().split('\n').filter(line => line !== '');
}

