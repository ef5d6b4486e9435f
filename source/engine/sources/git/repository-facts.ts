import {toDisplayText} from '../../byte-string.ts';
import type {RepositoryFacts} from '../../source-facts.ts';
import type {OpenedRepository} from './opened-repository.ts';
import {resolveRef} from './repository-refs.ts';

const branchPrefix = 'refs/heads/';
const latestTimeSeconds = 253_402_300_799;
const maximumSubjectCharacters = 200;

/** The newest commit that HEAD or any ref names, by the time of the commit. */
async function findLastCommit({git}: OpenedRepository): Promise<RepositoryFacts['lastCommit']> {
	const output = await git.run(['log', '--all', '--no-walk', '--max-count=1', '--no-show-signature', '--no-color', '--no-decorate', '--encoding=UTF-8', '--format=%H%x00%ct%x00%s'], 'git log');
	const [id = '', seconds = '', subject = ''] = output.toString('utf8').replace(/\n$/, '').split('\0');
	// Whoever makes a commit chooses its time, and may choose none that a calendar has.
	return id === '' ? undefined : {id, time: new Date(Math.min(Number(seconds), latestTimeSeconds) * 1000).toISOString(), subject: subject.slice(0, maximumSubjectCharacters)};
}

/** What is told of a repository. @throws `source-failed`, `aborted` */
export async function describeRepository(repository: OpenedRepository, path: string, absent: readonly string[]): Promise<RepositoryFacts> {
	const {refs} = repository;
	const head = 'id' in refs.head ? refs.head.id : toDisplayText(refs.head.target);
	const hasCommits = refs.ids.size > 0 || resolveRef(refs.head, refs) !== undefined;
	const lastCommit = hasCommits ? await findLastCommit(repository) : undefined;
	return {
		path,
		refs: refs.ids.size,
		head: head.startsWith(branchPrefix) ? head.slice(branchPrefix.length) : head,
		...(lastCommit && {lastCommit}),
		...(absent.length > 0 && {absent}),
	};
}
