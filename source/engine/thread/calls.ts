import type {Engine} from '../engine.ts';
import type {OperationOptions} from '../engine-options.ts';
import type {Job} from '../scheduling/job.ts';
import type {BrowserKeeper} from './browser-keeper.ts';
import type {ConfiguredSource} from './engine-client.ts';
import {usingCode} from './code-secret.ts';
import type {Call, CallName, CallParameters, CallResult} from './protocol.ts';

export type CallContext = {
	readonly engine: Engine;
	readonly browsers: BrowserKeeper;
	readonly sources: readonly ConfiguredSource[];
	readonly jobs: readonly Job[];
};

type Calls = {readonly [Name in CallName]: (context: CallContext, parameters: CallParameters[Name], options: OperationOptions) => Promise<CallResult<Name>>};

const limited = (limit: number | undefined) => limit === undefined ? {} : {limit};

const calls: Calls = {
	overview: async ({engine, sources, jobs}, [changed], options) => engine.overview(sources, {...options, jobs: changed ?? jobs}),
	async listSnapshots({engine}, _parameters, options) {
		const {snapshots, verifications} = await engine.listSnapshots(options);
		return {snapshots, verifications};
	},
	backup: async ({engine}, [request], options) => engine.backup(request, options),
	verify: async ({engine}, [request], options) => engine.verify(request, options),
	prune: async ({engine}, [request], options) => engine.pruning.prune(request, options),
	restore: async ({engine}, [request], options) => engine.restore(request, options),
	loadDump: async ({engine}, [request], options) => engine.dumps.load(request, options),
	listFolder: async ({browsers}, [snapshot, path], options) => browsers.use(options, async browser => browser.listFolder(snapshot, path)),
	measureFolder: async ({browsers}, [snapshot, path], options) => browsers.use(options, async browser => browser.measureFolder(snapshot, path)),
	searchSnapshot: async ({browsers}, [snapshot, text, limit], options) => browsers.use(options, async browser => browser.searchSnapshot(snapshot, text, limited(limit))),
	entryVersions: async ({browsers}, [snapshot, path], options) => browsers.use(options, async browser => browser.entryVersions(snapshot, path)),
	compareSnapshots: async ({browsers}, [from, to, limit], options) => browsers.use(options, async browser => browser.compareSnapshots(from, to, limited(limit))),
	keyStatus: async ({engine}, _parameters, {signal}) => engine.keys.status({isCounting: true, ...(signal && {signal})}),
	rotateKeys: async ({engine}, [request], options) => engine.keys.rotate(request, options),
	exportKey: async ({engine}, [{code, ...request}], options) => usingCode(code, async secret => {
		const {slot: {id, label, created}} = await engine.keys.export({...request, secret}, options);
		return {id, label, created};
	}),
	checkKey: async ({engine}, [{code}], options) => usingCode(code, async secret => engine.keys.check({secret}, options)),
	readAuditLog: async ({engine}, [limit], {signal}) => engine.audit.look({limit, ...(signal && {signal})}),
	async noteFindings({engine}, [watch, findings]) {
		engine.monitoring.note(watch, findings);
	},
	acknowledge: async ({engine}, [alertKey, note]) => engine.acknowledge(alertKey, note),
	unacknowledge: async ({engine}, [alertKey]) => engine.unacknowledge(alertKey),
};

/** Do what a call asks for. @throws What the engine throws */
export async function perform(context: CallContext, {name, parameters}: Pick<Call, 'name' | 'parameters'>, options: OperationOptions): Promise<unknown> {
	const action = calls[name] as (context: CallContext, parameters: readonly unknown[], options: OperationOptions) => Promise<unknown>;
	return action(context, parameters, options);
}
