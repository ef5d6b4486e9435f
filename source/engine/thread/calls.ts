import type {Engine} from '../engine.ts';
import type {OperationOptions} from '../engine-options.ts';
import type {Overview} from '../monitoring/overview.ts';
import type {BrowserKeeper} from './browser-keeper.ts';
import type {ConfiguredSource} from './engine-client.ts';
import type {Call, CallName, CallParameters, CallResult} from './protocol.ts';

/** What the calls need of an engine. */
type Overseer = {
	overview(configured: readonly ConfiguredSource[], options: OperationOptions): Promise<Overview>;
	acknowledge(alertKey: string, note?: string): Promise<void> | void;
	unacknowledge(alertKey: string): Promise<void> | void;
};

export type CallContext = {
	readonly engine: Engine;
	readonly browsers: BrowserKeeper;
	readonly sources: readonly ConfiguredSource[];
};

type Calls = {readonly [Name in CallName]: (context: CallContext, parameters: CallParameters[Name], options: OperationOptions) => Promise<CallResult<Name>>};

const overseer = ({engine}: CallContext): Overseer => engine as unknown as Overseer;
const limited = (limit: number | undefined) => limit === undefined ? {} : {limit};

const calls: Calls = {
	overview: async (context, _parameters, options) => overseer(context).overview(context.sources, options),
	async listSnapshots({engine}, _parameters, options) {
		const {snapshots, verifications} = await engine.listSnapshots(options);
		return {snapshots, verifications};
	},
	backup: async ({engine}, [request], options) => engine.backup(request, options),
	verify: async ({engine}, [request], options) => engine.verify(request, options),
	restore: async ({engine}, [request], options) => engine.restore(request, options),
	listFolder: async ({browsers}, [snapshot, path], options) => browsers.use(options, async browser => browser.listFolder(snapshot, path)),
	measureFolder: async ({browsers}, [snapshot, path], options) => browsers.use(options, async browser => browser.measureFolder(snapshot, path)),
	searchSnapshot: async ({browsers}, [snapshot, text, limit], options) => browsers.use(options, async browser => browser.searchSnapshot(snapshot, text, limited(limit))),
	entryVersions: async ({browsers}, [snapshot, path], options) => browsers.use(options, async browser => browser.entryVersions(snapshot, path)),
	compareSnapshots: async ({browsers}, [from, to, limit], options) => browsers.use(options, async browser => browser.compareSnapshots(from, to, limited(limit))),
	acknowledge: async (context, [alertKey, note]) => overseer(context).acknowledge(alertKey, note),
	unacknowledge: async (context, [alertKey]) => overseer(context).unacknowledge(alertKey),
};

/** Do what a call asks for. @throws What the engine throws */
export async function perform(context: CallContext, {name, parameters}: Pick<Call, 'name' | 'parameters'>, options: OperationOptions): Promise<unknown> {
	const action = calls[name] as (context: CallContext, parameters: readonly unknown[], options: OperationOptions) => Promise<unknown>;
	return action(context, parameters, options);
}
