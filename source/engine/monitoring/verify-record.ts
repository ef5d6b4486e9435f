import type {EventListener} from '../events.ts';
import type {SnapshotId} from '../ids.ts';
import type {DataRead, VerifyRun} from '../state/host-state.ts';
import type {HostMemory} from './host-memory.ts';

/** What a verification tells. */
type VerifyOutcome = {
	readonly problems: ReadonlyArray<{readonly object: string; readonly message: string; readonly snapshots: readonly string[]}>;
	readonly snapshots: readonly SnapshotId[];
	readonly isComplete: boolean;
	readonly dataRead?: Omit<DataRead, 'time'>;
};

export type VerifyCircumstances = {
	/** The data share that was asked for: `'all'`, another, or none. */
	readonly readData: unknown;
	/** Every snapshot there is. */
	readonly existing: readonly SnapshotId[];
	/** Those that were asked for. @default all */
	readonly chosen?: readonly SnapshotId[] | undefined;
};

/** Remember what a verification found, and which snapshots are intact. */
export function rememberVerification(memory: HostMemory, {problems, snapshots, isComplete, dataRead}: VerifyOutcome, {readData, existing, chosen}: VerifyCircumstances, onEvent?: EventListener): void {
	const damaged = [...new Set(problems.flatMap(problem => problem.snapshots) as SnapshotId[])];
	const run: VerifyRun = {
		time: new Date(memory.session.runtime.now()).toISOString(),
		data: readData === undefined ? 'none' : (readData === 'all' ? 'all' : 'part'),
		...(chosen && {snapshots: chosen}),
		isComplete,
		problems: problems.length,
		damaged: problems.map(({object, message}) => ({object, message})),
	};
	memory.remember(state => {
		state.recordVerification(run, {intact: snapshots.filter(id => !damaged.includes(id)), damaged, existing, ...(dataRead && {dataRead: {...dataRead, time: run.time}})});
	}, undefined, onEvent);
}
