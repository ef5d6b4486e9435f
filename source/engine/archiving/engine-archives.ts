import {endOfImport, nameSnapshot} from '../auditing/audited-ends.ts';
import type {AuditTrail} from '../audit/audit-trail.ts';
import type {EngineOptions, OperationOptions} from '../engine-options.ts';
import {shortId} from '../ids.ts';
import type {HostMemory} from '../monitoring/host-memory.ts';
import {trackActivity, trackImport} from '../monitoring/track-activity.ts';
import type {ExportRequest, ExportSummary} from '../operations/export-archive/export-archive.ts';
import type {ImportRequest, ImportSummary} from '../operations/import-archive/import-archive.ts';
import {findSnapshot, listSnapshots} from '../repository/repository.ts';

type Scene = {
	readonly memory: HostMemory;
	readonly trail: AuditTrail;
	readonly options: Pick<EngineOptions, 'program' | 'deltas'>;
	/** What an operation is given, once what this host has seen is compared with what is there. */
	readonly begin: (options: OperationOptions) => Promise<OperationOptions>;
	/** Called when there is another snapshot. */
	readonly onChange: () => void;
};

/** The archives of `openssl enc` that come into an open repository, or out of it. */
export class EngineArchives {
	readonly #scene: Scene;

	constructor(scene: Scene) {
		this.#scene = scene;
	}

	/**
	Take an archive over as a snapshot; give several in the order of their times.
	@throws what `importArchive` of operations/import-archive throws
	*/
	async import(request: ImportRequest, options: OperationOptions = {}): Promise<ImportSummary> {
		const {memory, trail, begin, onChange, options: {program = 'coffer', deltas = true}} = this.#scene;
		const operation = await begin(options);
		const {importArchive} = await import('../operations/import-archive/import-archive.ts');
		const full = {program, deltas, ...request};
		const summary = await trail.run(
			{operation: 'import', objects: [request.path]},
			async () => trackImport(memory, request.path, operation.onEvent, async onEvent => importArchive(memory.session, full, {...operation, onEvent})),
			endOfImport,
		);
		await memory.sampleStorage(operation.onEvent);
		onChange();
		return summary;
	}

	/**
	Write a snapshot as an archive that stock openssl and tar read.
	@param request.snapshot - As `findSnapshot` takes it.
	@throws `snapshot-missing`, `snapshot-ambiguous`; what `exportArchive` of operations/export-archive throws
	*/
	async export(request: Omit<ExportRequest, 'snapshot'> & {readonly snapshot: string}, options: OperationOptions = {}): Promise<ExportSummary> {
		const {memory, trail, begin, options: {program = 'coffer'}} = this.#scene;
		const operation = await begin(options);
		const {snapshots} = await listSnapshots(memory.session, operation.signal);
		const snapshot = findSnapshot(snapshots, request.snapshot);
		const {exportArchive} = await import('../operations/export-archive/export-archive.ts');
		const subject = `${snapshot.source} ${shortId(snapshot.id)}`;
		return trail.run(
			{operation: 'export', objects: [nameSnapshot(snapshot), `to ${request.target}`]},
			async () => trackActivity(memory, {kind: 'export', subject, onEvent: operation.onEvent}, async onEvent => exportArchive(memory.session, {program, ...request, snapshot}, {...operation, onEvent})),
		);
	}
}
