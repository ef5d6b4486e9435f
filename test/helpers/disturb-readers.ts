import type {ExecutionContext} from 'ava';
import {RepositorySession} from '../../source/engine/repository/repository.ts';
import {interruptPackReads, replaceAllPacks, replacePack} from './replace-packs.ts';
import {createStorageOf} from './repository-fixture.ts';

export type ReadOperation = (session: RepositorySession) => Promise<unknown>;

/** A repository that can be copied. */
export type CopyableRepository = {
	readonly session: RepositorySession;
	readonly objects: ReadonlyMap<string, Buffer>;
};

/** What is done to the packs before a read: given the pack that is to be read, as somebody else who has the repository open. */
type Disturbance = (session: RepositorySession, object: string) => Promise<unknown>;

const replaceAll: Disturbance = async session => replaceAllPacks(session);
const replaceTrees: Disturbance = async session => replaceAllPacks(session, ({kind}) => kind === 'tree');
const replaceOne: Disturbance = async (session, object) => replacePack(session, object);
const replaceOthers: Disturbance = async (session, object) => replaceAllPacks(session, ({id}) => !object.endsWith(id));
const disturbances = [replaceOne, replaceAll, replaceTrees, replaceOthers];

type Moment = (read: number, object: string) => boolean;

/** Carry an operation out on a copy. @param isMoment - Before which reads of packs, from 1, it is disturbed. @returns How many there were. */
async function disturb({session, objects}: CopyableRepository, operation: ReadOperation, isMoment: Moment, disturbance: Disturbance): Promise<number> {
	const {runtime, memory} = session;
	const inner = await createStorageOf(objects);
	const other = new RepositorySession(inner, runtime, memory);
	const storage = interruptPackReads(inner, async (read, object) => isMoment(read, object) ? disturbance(other, object) : undefined);
	await operation(new RepositorySession(storage, runtime, memory));
	return storage.packReads;
}

/**
Carry an operation out undisturbed, then with each disturbance before many reads of a pack, with every pack replaced when it is first read, and with all packs replaced again and again.
@param operation - Asserts its outcome itself.
@param options.step - How many moments are left out between two at which all packs are replaced. @default 4
*/
export async function disturbEverywhere(t: ExecutionContext, repository: CopyableRepository, operation: ReadOperation, {step = 4}: {readonly step?: number} = {}): Promise<void> {
	const reads = await disturb(repository, operation, () => false, replaceAll);
	t.true(reads > 3);
	let runs = 0;
	for (const [index, disturbance] of disturbances.entries()) {
		// Replacing what is read next costs little, and is tried more often.
		for (let moment = 1 + index; moment <= reads; moment += disturbance === replaceOne ? Math.ceil(step / 4) : step) {
			await disturb(repository, operation, read => read === moment, disturbance);
			runs++;
		}
	}

	const chased = await disturb(repository, operation, (_read, object) => repository.objects.has(object), replaceOne);
	const restless = await disturb(repository, operation, read => read % 4 === 0 && read <= reads * 2, replaceAll);
	t.log(`${reads} reads of packs; ${runs} runs disturbed at one of them; ${chased} reads with every pack replaced before its first one, ${restless} with all packs replaced before every fourth`);
}
