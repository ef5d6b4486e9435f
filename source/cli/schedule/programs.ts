import type {ProgramContext} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';

/** With what programs of the system are run: what they say goes to the log. */
export function programContext({runtime, log}: Pick<CommandContext, 'runtime' | 'log'>, signal: AbortSignal): ProgramContext {
	return {
		runtime,
		signal,
		log(message) {
			log.write('debug', message);
		},
	};
}
