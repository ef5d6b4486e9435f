import {remembering, type DueFacts, type DueSnapshot, type Job, type ScheduleState} from '../../engine/index.ts';
import type {CommandContext} from '../command-line.ts';
import {openEngine} from '../connection.ts';
import {createEventPrinter} from '../event-printing.ts';
import {configuredSources} from '../source-requests.ts';

/** The snapshots that there are. @throws what opening the repository and listing throw */
export async function readSnapshots(context: CommandContext): Promise<readonly DueSnapshot[]> {
	const printer = createEventPrinter(context);
	const engine = await openEngine(context, printer.listener);
	try {
		const {snapshots} = await context.interruptible(async signal => engine.listSnapshots({signal}));
		return snapshots;
	} finally {
		printer.clear();
		await engine.close();
	}
}

export type FactsRequest = {
	readonly jobs: readonly Job[];
	readonly schedule: ScheduleState;
	readonly snapshots: readonly DueSnapshot[];
	/** See `DueFacts`. @default all were always known */
	readonly firstSeen?: ReadonlyMap<string, string>;
};

/** What is known now of what is due. Runs that cannot be read are not known, with a warning: then jobs are due. */
export async function dueFacts(context: CommandContext, {jobs, schedule, snapshots, firstSeen}: FactsRequest): Promise<DueFacts> {
	const {output, runtime} = context;
	return {
		jobs,
		sources: configuredSources(await context.config()).map(({source: {name}}) => name),
		runs: remembering(message => {
			output.warn(message);
		}, () => schedule.runs(), []),
		snapshots,
		...(firstSeen && {firstSeen}),
		host: runtime.identity.host,
		nowMs: runtime.now(),
	};
}
