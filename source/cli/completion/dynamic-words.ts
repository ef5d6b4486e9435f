import {Engine, isCofferError} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import type {LoadedConfig} from '../config.ts';
import {programName, repositoryUrl} from '../connection.ts';
import {findSecret, hasPassphrase} from '../secrets.ts';
import type {WordKind} from './words.ts';

const maximumSnapshots = 200;

/** Whether opening the repository neither asks somebody nor starts a program: only then may a mere Tab do it. */
function isCheap({environment}: CommandContext, config: LoadedConfig | undefined): boolean {
	return !hasPassphrase({environment}, config) && (config?.key === undefined || 'file' in config.key);
}

async function snapshotWords(context: CommandContext, config: LoadedConfig | undefined): Promise<string[]> {
	const url = repositoryUrl(context, config);
	if (url === undefined || !isCheap(context, config)) {
		return ['latest'];
	}

	const engine = await Engine.open({
		repositoryUrl: url,
		stateFolder: context.paths.stateFolder,
		runtime: context.runtime,
		program: programName(),
		secret: async slots => findSecret({...context, isInteractive: false}, config, slots),
	});
	try {
		const {snapshots} = await engine.listSnapshots();
		const sources = [...new Set(snapshots.map(({source}) => source))].map(source => `latest:${source}`);
		return ['latest', ...sources, ...snapshots.slice(-maximumSnapshots).map(({id}) => id.slice(0, 8))];
	} finally {
		await engine.close();
	}
}

/** Words that depend on configuration and repository. None where they cannot be had: a Tab shall not complain. */
export async function dynamicWords(kind: WordKind, context: CommandContext): Promise<string[]> {
	try {
		const config = await context.config();
		return kind === 'sources' ? (config?.sources ?? []).map(({name}) => name) : await snapshotWords(context, config);
	} catch (error) {
		if (isCofferError(error)) {
			return [];
		}

		throw error;
	}
}
