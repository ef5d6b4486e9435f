import {spawnSync} from 'node:child_process';
import {tools, toolKeys, type ToolKey} from './tools/tools.ts';

export type InstalledTool = {
	readonly key: ToolKey;
	/** Such as `restic 0.14.0`. */
	readonly versions: readonly string[];
};

export type LeftOutTool = {
	readonly name: string;
	readonly reason: string;
};

/** The first number with dots in what a program prints, or nothing where it cannot be run. */
export function versionOf([program, ...argv]: readonly [string, ...string[]]): string | undefined {
	const {stdout, stderr, status} = spawnSync(program, argv, {encoding: 'utf8'});
	return status === 0 ? /(?<![\d.])\d{1,4}(?:\.\d{1,6})+/.exec(stdout + stderr)?.[0] : undefined;
}

/**
Sort the tools into those that can be compared here and those that cannot, each with its reason.
@param only - What was asked for. @default all
*/
export function findTools(only: readonly ToolKey[] = toolKeys): {readonly installed: readonly InstalledTool[]; readonly leftOut: readonly LeftOutTool[]} {
	const installed: InstalledTool[] = [];
	const leftOut: LeftOutTool[] = [];
	for (const key of toolKeys) {
		const {name, versionCommands, installation} = tools[key];
		if (!only.includes(key)) {
			leftOut.push({name, reason: 'not asked for (`--only`)'});
			continue;
		}

		const found = Object.entries<readonly [string, ...string[]]>(versionCommands).map(([program, command]) => ({program, version: versionOf(command)}));
		const missing = found.filter(({version}) => version === undefined).map(({program}) => program);
		if (missing.length > 0) {
			leftOut.push({name, reason: `${missing.join(', ')} not found (\`${installation}\`)`});
		} else {
			installed.push({key, versions: found.map(({program, version}) => `${program} ${version}`)});
		}
	}

	return {installed, leftOut};
}
