import {endOfForget, endOfPrune} from '../auditing/audited-ends.ts';
import type {AuditTrail} from '../audit/audit-trail.ts';
import type {OperationOptions} from '../engine-options.ts';
import {damagedSnapshots} from '../monitoring/damaged-snapshots.ts';
import {assertHostClock, trustHostClock} from '../monitoring/host-clock.ts';
import type {HostMemory} from '../monitoring/host-memory.ts';
import {trackActivity} from '../monitoring/track-activity.ts';
import type {ForgetRequest, ForgetSummary} from '../operations/forget/forget.ts';
import type {PruneOptions} from '../operations/prune/prune.ts';
import type {PruneRequest, PruneSummary} from '../operations/prune/prune-request.ts';
import type {SeenSnapshot} from '../state/source-memory.ts';

type Scene = {
	readonly memory: HostMemory;
	readonly trail: AuditTrail;
	/** What an operation is given, once what this host has seen is compared with what is there. */
	readonly begin: (options: OperationOptions) => Promise<OperationOptions>;
	/** Called when snapshots or packs have gone. */
	readonly onChange: () => void;
};

/** What makes an open repository smaller. */
export class EnginePruning {
	readonly #scene: Scene;

	constructor(scene: Scene) {
		this.#scene = scene;
	}

	/**
	Forget snapshots for good.
	@throws what `forget` of operations/forget throws
	*/
	async forget(request: ForgetRequest, options: OperationOptions = {}): Promise<ForgetSummary> {
		const {memory, trail, begin, onChange} = this.#scene;
		const operation = await begin(options);
		const {forget} = await import('../operations/forget/forget.ts');
		const full = {...operation, findLosses: async () => this.#findLosses()};
		if (request.isDryRun) {
			return forget(memory.session, request, full);
		}

		const work = {operation: 'forget', objects: request.snapshots.map(reference => `asked for ${reference}`), ...(request.reason !== undefined && {detail: request.reason})} as const;
		const summary = await trail.run(work, async () => trackActivity(memory, {kind: 'forget', onEvent: operation.onEvent}, async () => forget(memory.session, request, full)), endOfForget);
		onChange();
		return summary;
	}

	/**
	Forget what retention lets go, and delete what no snapshot needs any more.
	@throws what `prune` of operations/prune throws
	*/
	async prune(request: PruneRequest = {}, options: OperationOptions = {}): Promise<PruneSummary> {
		const {memory, trail, begin, onChange} = this.#scene;
		const operation = await begin(options);
		const {prune} = await import('../operations/prune/prune.ts');
		const full = {...operation, ...this.#hostFacts(operation, request.isDryRun ?? false)};
		if (request.isDryRun) {
			return prune(memory.session, request, full);
		}

		try {
			return await trail.run({operation: 'prune'}, async () => trackActivity(memory, {kind: 'prune', onEvent: operation.onEvent}, async onEvent => prune(memory.session, request, {...full, onEvent})), endOfPrune);
		} finally {
			await memory.sampleStorage(operation.onEvent);
			onChange();
		}
	}

	/** What this host remembers and the repository no longer holds. */
	async #findLosses(): Promise<readonly SeenSnapshot[]> {
		const losses: SeenSnapshot[] = [];
		await this.#scene.memory.refreshLosses((_source, loss) => {
			losses.push(loss);
		});
		return losses;
	}

	/** What this host knows that the repository does not tell. */
	#hostFacts({onEvent}: OperationOptions, isDryRun: boolean): Pick<PruneOptions, 'findLosses' | 'findDamaged' | 'checkClock'> {
		const {memory} = this.#scene;
		return {
			findLosses: async () => this.#findLosses(),
			checkClock(isTrusted, seen) {
				if (!isTrusted) {
					assertHostClock(memory, seen, onEvent);
				} else if (!isDryRun) {
					trustHostClock(memory, seen, onEvent);
				}
			},
			findDamaged(snapshots) {
				const {verifications, verifyRuns} = memory.read(snapshots, onEvent);
				return damagedSnapshots(snapshots, verifications, verifyRuns);
			},
		};
	}
}
