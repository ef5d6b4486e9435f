import {createHash} from 'node:crypto';
import path from 'node:path';
import {CofferError, type AnomalyWatch, type BackupClass, type Source} from '../engine/index.ts';
import type {LoadedConfig} from './config.ts';
import {toSource} from './configured-source.ts';
import {findNearest} from './nearest.ts';

/** A source that is to be backed up, with what the configuration says about its snapshots. */
export type SourceChoice = {
	readonly source: Source;
	readonly class?: BackupClass;
	readonly tags?: readonly string[];
};

const maximumNameLength = 190;

/** Whether an argument is a path rather than the name of a source. */
export function isPath(argument: string): boolean {
	return argument.includes('/') || argument === '.' || argument === '..';
}

/** What the snapshots of ad-hoc paths are called after: the absolute paths, sorted; cut where they are long. */
export function nameOfPaths(paths: readonly string[]): string {
	const name = paths.join(',');
	return name.length <= maximumNameLength ? name : `${name.slice(0, 170)}…${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}

function fromPaths(paths: readonly string[], cwd: string): SourceChoice {
	const absolute = [...new Set(paths.map(given => path.resolve(cwd, given)))].toSorted();
	return {source: {kind: 'files', name: nameOfPaths(absolute), paths: absolute}};
}

function withAnomalies(source: Source, anomalies: AnomalyWatch | undefined): Source {
	return anomalies === undefined ? source : {...source, anomalies};
}

/** The configured sources as the engine takes them. */
export function configuredSources(config: LoadedConfig | undefined): SourceChoice[] {
	const general = config?.monitor?.anomalies;
	return (config?.sources ?? []).map(configured => ({
		source: withAnomalies(toSource(configured, config!.folder), configured.monitor?.anomalies ?? general),
		...(configured.class && {class: configured.class}),
		...(configured.tags && {tags: configured.tags}),
	}));
}

/**
What `backup` is to do: no argument means every configured source; names mean those; all paths together are one more source.
@throws `usage` for a name that is not configured, or when there is nothing to do
*/
export function chooseSources(input: readonly string[], config: LoadedConfig | undefined, cwd: string): SourceChoice[] {
	const configured = configuredSources(config);
	if (input.length === 0) {
		if (configured.length === 0) {
			throw new CofferError('usage', `No sources are configured${config === undefined ? '' : ` in ${config.file}`}. Name a path, such as "coffer backup /etc", or add sources to the configuration.`);
		}

		return configured;
	}

	const names = [...new Set(input.filter(argument => !isPath(argument)))];
	const chosen = names.map(name => {
		const choice = configured.find(({source}) => source.name === name);
		if (choice === undefined) {
			const nearest = findNearest(name, configured.map(({source}) => source.name));
			throw new CofferError('usage', `There is no source "${name}" in the configuration.${nearest === undefined ? '' : ` Did you mean "${nearest}"?`} For a path write "./${name}".`);
		}

		return choice;
	});
	const paths = input.filter(argument => isPath(argument));
	return paths.length === 0 ? chosen : [...chosen, fromPaths(paths, cwd)];
}

/** `latest:SOURCE` with a relative path for SOURCE means the source of that path. */
export function resolveReference(reference: string, cwd: string): string {
	const source = reference.startsWith('latest:') ? reference.slice('latest:'.length) : undefined;
	return source !== undefined && isPath(source) && !source.startsWith('/') ? `latest:${path.resolve(cwd, source)}` : reference;
}
