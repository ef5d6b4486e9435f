import {endOfLoad, nameSnapshot} from '../auditing/audited-ends.ts';
import type {AuditTrail} from '../audit/audit-trail.ts';
import type {OperationOptions} from '../engine-options.ts';
import {shortId} from '../ids.ts';
import type {HostMemory} from '../monitoring/host-memory.ts';
import {trackActivity} from '../monitoring/track-activity.ts';
import type {LoadRequest, LoadSummary} from '../operations/load-dump/load-request.ts';
import type {LoadOptions} from '../operations/load-dump/load-dump.ts';
import {findSnapshot, listSnapshots} from '../repository/repository.ts';

type Scene = Pick<LoadOptions, 'readSecret'> & {
	readonly memory: HostMemory;
	readonly trail: AuditTrail;
	/** What an operation is given, once what this host has seen is compared with what is there. */
	readonly begin: (options: OperationOptions) => Promise<OperationOptions>;
};

/** The dumps of databases that go from an open repository into a server. */
export class EngineDumps {
	readonly #scene: Scene;

	constructor(scene: Scene) {
		this.#scene = scene;
	}

	/**
	Load the dumps of a snapshot into a database server, and compare.
	@param request.snapshot - As `findSnapshot` takes it.
	@throws `snapshot-missing`, `snapshot-ambiguous`; what `loadDump` of operations/load-dump throws
	*/
	async load(request: Omit<LoadRequest, 'snapshot'> & {readonly snapshot: string}, options: OperationOptions = {}): Promise<LoadSummary> {
		const {memory, trail, begin, readSecret} = this.#scene;
		const operation = await begin(options);
		const {snapshots} = await listSnapshots(memory.session, operation.signal);
		const snapshot = findSnapshot(snapshots, request.snapshot);
		const {loadDump} = await import('../operations/load-dump/load-dump.ts');
		const full = {...request, snapshot};
		return request.isDryRun
			? loadDump(memory.session, full, {...operation, readSecret})
			: trail.run(
				{operation: 'restore', objects: [nameSnapshot(snapshot), 'into a database server']},
				async () => trackActivity(memory, {kind: 'restore', subject: `${snapshot.source} ${shortId(snapshot.id)}`, onEvent: operation.onEvent}, async onEvent => loadDump(memory.session, full, {...operation, onEvent, readSecret})),
				endOfLoad,
			);
	}
}
