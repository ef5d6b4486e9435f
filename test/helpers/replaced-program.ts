import path from 'node:path';
import {createSystemRuntime, type Runtime} from '../../source/engine/runtime.ts';

/** A program that was started. */
export type StartedProgram = {readonly name: string; readonly arguments: readonly string[]};

/**
The real surroundings, in which some runs of programs are a shell script's instead, with the same arguments.
@param choose - The script for a run; `$0` is the program itself and `"$@"` its arguments. `undefined` leaves it as it is.
*/
export function replacePrograms(choose: (started: StartedProgram) => string | undefined): {readonly runtime: Runtime; readonly started: readonly StartedProgram[]} {
	const system = createSystemRuntime();
	const all: StartedProgram[] = [];
	const spawn: Runtime['spawn'] = ((program: string, argv: readonly string[], options: object) => {
		const started = {name: path.basename(program), arguments: argv};
		all.push(started);
		const script = choose(started);
		return script === undefined ? system.spawn(program, argv, options) : system.spawn('/bin/bash', ['-c', script, program, ...argv], options);
	}) as Runtime['spawn'];
	return {runtime: {...system, spawn}, started: all};
}
