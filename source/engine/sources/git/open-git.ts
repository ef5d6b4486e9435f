import {throwIfAborted} from '../../errors.ts';
import type {RepositoryFacts} from '../../source-facts.ts';
import type {GitSource} from '../source.ts';
import type {OpenStream} from '../source-stream.ts';
import {findGit} from './find-git.ts';
import {locateRepository} from './repository-place.ts';
import {RepositoryReader} from './repository-reader.ts';

/** Reads git repositories: of each a bundle with all refs and objects, and the files beside them. Nothing of a repository is ever in force or run while it is read. */
export const openGit: OpenStream<GitSource> = async ({paths, workingTree = false}, context) => {
	throwIfAborted(context.signal);
	const {program, version} = await findGit(context);
	const places = paths.map(path => locateRepository(path));
	let facts: readonly RepositoryFacts[] = [];
	return {
		paths,
		async * entries(onSkip) {
			const reader = new RepositoryReader(program, workingTree, context, onSkip);
			for (const place of places) {
				yield * reader.entries(place);
			}

			facts = reader.facts;
		},
		facts: () => ({origin: `git ${version}`, repositories: facts}),
		async close() {
			// Each repository is closed when its entries end, however they do.
		},
	};
};
