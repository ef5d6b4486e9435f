import type {Source} from './source.ts';

const namedPaths = 3;

/** The first few paths, and how many more there are. */
function describePaths(paths: readonly string[]): string {
	const more = paths.length - namedPaths;
	return paths.slice(0, namedPaths).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** What a source reads, in a few words: its paths, its databases, its program. */
export function describePlace(source: Source): string {
	switch (source.kind) {
		case 'files':
		case 'git':
		case 'sqlite': {
			return describePaths(source.paths);
		}

		case 'postgres':
		case 'mysql': {
			const databases = source.databases?.join(', ') ?? 'all databases';
			const service = source.kind === 'postgres' ? source.service : source.socket;
			const place = source.url ? undefined : source.host ?? service;
			return `${databases}${place === undefined ? '' : ` of ${place}${source.port === undefined ? '' : `:${source.port}`}`}`;
		}

		case 'command': {
			return source.command[0]!;
		}
	}
}
