import type {Command, Tool} from './tool.ts';

/** The tool with other words before each of its commands but `tidyUp`. */
export function prefixed(tool: Tool, prefix: readonly [string, ...string[]]): Tool {
	const change = <Parameters extends readonly unknown[]>(make: (...parameters: Parameters) => Command) => (...parameters: Parameters): Command => {
		const command = make(...parameters);
		return {...command, argv: [...prefix, ...command.argv]};
	};

	return {...tool, create: change(tool.create), backup: change(tool.backup), verify: change(tool.verify), restore: change(tool.restore)};
}

/** The tool on some of the processors only. @param processors - Their numbers, not empty. */
export function pinned(tool: Tool, processors: readonly number[]): Tool {
	return prefixed(tool, ['taskset', '--cpu-list', processors.join(',')]);
}
