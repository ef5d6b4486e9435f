import {homedir} from 'node:os';
import path from 'node:path';

/** Where things lie on this host. All absolute. */
export type Paths = {
	readonly configFile: string;
	/** Whether a flag or `COFFER_CONFIG` named it, so that it must exist. */
	readonly isConfigNamed: boolean;
	/** What this host remembers, and the logs. */
	readonly stateFolder: string;
	/** Where `init` makes a repository when none is named. */
	readonly defaultRepository: string;
	/** Where `init` makes a key file when none is named, and where one is looked for. */
	readonly defaultKeyFile: string;
};

export type PathsInput = {
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** `--config` */
	readonly configFlag?: string | undefined;
	readonly isRoot: boolean;
	/** Where relative paths begin. */
	readonly cwd: string;
};

/** systemd gives a list with colons when a unit asks for several. */
const firstOf = (list: string | undefined): string | undefined => list?.split(':')[0] || undefined;

/**
Each path is the first that is set of: flag, `COFFER_*`, systemd's `*_DIRECTORY`, an explicit `XDG_*`, the system's folders for root, the home folder.
*/
export function resolvePaths({environment, configFlag, isRoot, cwd}: PathsInput): Paths {
	const home = environment['HOME'] || homedir();
	const choose = (own: string | undefined, ofSystemd: string | undefined, xdg: string | undefined, ofRoot: string, ofHome: string): string => {
		const fromXdg = xdg && path.isAbsolute(xdg) ? path.join(xdg, 'coffer') : undefined;
		return path.resolve(cwd, own || firstOf(ofSystemd) || fromXdg || (isRoot ? ofRoot : path.join(home, ofHome)));
	};

	const namedConfig = configFlag || environment['COFFER_CONFIG'] || undefined;
	const configFolder = choose(undefined, environment['CONFIGURATION_DIRECTORY'], environment['XDG_CONFIG_HOME'], '/etc/coffer', '.config/coffer');
	const configFile = namedConfig === undefined ? path.join(configFolder, 'config.json') : path.resolve(cwd, namedConfig);
	const ownState = environment['COFFER_STATE_DIRECTORY'];
	const systemdState = environment['STATE_DIRECTORY'];
	return {
		configFile,
		isConfigNamed: namedConfig !== undefined,
		stateFolder: choose(ownState, systemdState, environment['XDG_STATE_HOME'], '/var/lib/coffer', '.local/state/coffer'),
		defaultRepository: path.join(choose(ownState, systemdState, environment['XDG_DATA_HOME'], '/var/lib/coffer', '.local/share/coffer'), 'repository'),
		defaultKeyFile: path.join(path.dirname(configFile), 'key'),
	};
}
