import {createSystemRuntime, type Runtime} from '../../source/engine/runtime.ts';

/** The real surroundings, with an environment of the test's own. */
export function createRealRuntime(environment: Readonly<Record<string, string>> = {}): Runtime {
	return createSystemRuntime({environment: {PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...environment}});
}
