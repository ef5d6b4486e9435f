import type {ExecutionContext} from 'ava';
import {verify, type ProblemKind, type VerifySummary} from '../../source/engine/operations/verify/verify.ts';
import {RepositorySession} from '../../source/engine/repository/repository.ts';
import type {Storage} from '../../source/engine/storage/storage.ts';
import type {RepositoryFixture} from './repository-fixture.ts';
import type {Losses} from './snapshot-losses.ts';

/** The file name of the fixture's one slot. */
export function slotFileOf({objects}: Pick<RepositoryFixture, 'objects'>): string {
	return objects.keys().find(name => name.startsWith('keys/'))!.slice('keys/'.length);
}

/** The fixture's session over another storage, without opening a slot again. */
export function sessionOver({session, objects}: RepositoryFixture, storage: Storage): RepositorySession {
	return new RepositorySession(storage, session.runtime, {slot: session.slot, fileName: slotFileOf({objects})});
}

/** Verify all data. */
export async function verifyAll(session: RepositorySession): Promise<VerifySummary> {
	return verify(session, {readData: 'all'});
}

const kinds: Readonly<Record<string, ProblemKind>> = {
	'repository.json': 'repository-file', keys: 'key-slot', 'keys-copy': 'key-slot', datakeys: 'data-key', index: 'index', snapshots: 'snapshot', tombstones: 'tombstone',
	writers: 'writer', pruning: 'pruning-mark', locks: 'lock', packs: 'pack',
};

/** The kind of problem that damage of this object is. */
export function kindOf(name: string): ProblemKind {
	return kinds[name.split('/')[0]!] ?? 'unknown';
}

/** The names of all objects that a summary finds fault with, sorted. */
export function namedObjects({problems}: VerifySummary): string[] {
	return problems.map(({object}) => object).toSorted();
}

/** That the summary names exactly these losses, all problems together. */
export function assertLosses(t: ExecutionContext, {problems}: VerifySummary, losses: Losses, about: string): void {
	const losing = problems.filter(({kind}) => kind === 'pack' || kind === 'blob');
	t.deepEqual([...new Set(losing.flatMap(({files}) => files))].toSorted(), [...losses.files], about);
	t.deepEqual([...new Set(losing.flatMap(({snapshots}) => snapshots))].toSorted(), [...losses.snapshots], about);
	for (const problem of losing) {
		t.is(problem.filesTotal, problem.files.length, about);
	}
}
