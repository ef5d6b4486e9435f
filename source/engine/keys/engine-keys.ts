import {endOfRotation, nameSlot} from '../auditing/audited-ends.ts';
import type {AuditedEnd, AuditedWork, AuditTrail} from '../audit/audit-trail.ts';
import type {EventListener} from '../events.ts';
import type {OperationOptions} from '../engine-options.ts';
import type {HostMemory} from '../monitoring/host-memory.ts';
import {readKeyStatus, type KeyPolicy, type KeyStatus} from '../monitoring/key-status.ts';
import {trackActivity} from '../monitoring/track-activity.ts';
import type {AddKeyRequest} from '../operations/keys/add-key.ts';
import type {KeyBackupCheck} from '../operations/keys/check-key-backup.ts';
import type {ExportedKey, ExportKeyRequest} from '../operations/keys/export-key.ts';
import type {RotateSummary} from '../operations/rotate/rotate-request.ts';
import type {Secret, SlotEntry} from '../repository/repository.ts';
import type {RotateKeysRequest} from './rotate-keys.ts';

type Scene = {
	readonly memory: HostMemory;
	readonly trail: AuditTrail;
	/** Whether the repository was opened with a recovery key: a key that is added then is an import. */
	readonly isRecovered: boolean;
	readonly policy: KeyPolicy;
	readonly onEvent?: EventListener | undefined;
	/** Called when keys have changed. */
	readonly onChange: () => void;
};

/** Everything that is done with the keys of an open repository. */
export class EngineKeys {
	readonly #scene: Scene;

	constructor(scene: Scene) {
		this.#scene = scene;
	}

	/** Slots and epochs. @param options.isCounting - See `readKeyStatus`. @throws what the storage throws */
	async status(options: {readonly isCounting?: boolean; readonly signal?: AbortSignal} = {}): Promise<KeyStatus> {
		const {memory, policy} = this.#scene;
		return readKeyStatus(memory.session, {...options, policy, uses: memory.keyUses()});
	}

	/** Ask before a person is asked for anything. @param what - Completes "A key with the role "backup" cannot …". @throws `key-role` */
	async assertOwner(what: string): Promise<void> {
		const {requireOwner} = await import('../operations/owner.ts');
		requireOwner(this.#scene.memory.session.keyring, what);
	}

	/** The slot that is meant. @param reference - An id, the beginning of one, or a label. @throws `usage` */
	async find(reference: string): Promise<SlotEntry> {
		const {findKey} = await import('../operations/keys/find-key.ts');
		return findKey(this.#scene.memory.session.keyring, reference);
	}

	/** Make a slot for another secret. @throws what `addKey` of operations/keys throws */
	async add(request: AddKeyRequest, options: OperationOptions = {}): Promise<SlotEntry> {
		const {addKey} = await import('../operations/keys/add-key.ts');
		const operation = this.#scene.isRecovered ? 'key-import' : 'key-add';
		const work = {operation, objects: [`label ${request.label}`, `role ${request.role}`], ...(request.expires !== undefined && {detail: `expires ${request.expires}`})} as const;
		return this.#change('adding a key', options, async () => addKey(this.#scene.memory.session, request, options.signal), {work, tell: slot => ({objects: [nameSlot(slot)]})});
	}

	/** Take a slot away. @param reference - An id, the beginning of one, or a label. @throws what `removeKey` of operations/keys throws */
	async remove(reference: string, options: OperationOptions = {}): Promise<SlotEntry> {
		const {removeKey} = await import('../operations/keys/remove-key.ts');
		return this.#change('removing a key', options, async () => removeKey(this.#scene.memory.session, reference, options.signal), {
			work: {operation: 'key-remove', objects: [`asked for ${reference}`]},
			tell: slot => ({objects: [nameSlot(slot)]}),
		});
	}

	/** Replace the master key, or take up a rotation that was interrupted. @throws what `rotateKeys` of operations/rotate throws */
	async rotate(request: RotateKeysRequest, options: OperationOptions = {}): Promise<RotateSummary> {
		const {memory} = this.#scene;
		const {rotateKeys} = await import('./rotate-keys.ts');
		return this.#change('rotation', options, async onEvent => {
			const summary = await rotateKeys(memory.session, request, {...options, onEvent});
			await this.#renewExports(onEvent);
			return summary;
		}, {work: {operation: 'key-rotate', ...(request.isReencrypting && {detail: 'with re-encryption'})}, tell: endOfRotation});
	}

	/**
	Make a recovery key, and write its file.
	@param file - Absolute; of mode 600, and there must be none. Renewed by each rotation on this host, as long as it lies there.
	@throws `target-unusable`; what `exportKey` of operations/keys throws
	*/
	async export(request: ExportKeyRequest & {readonly file: string}, options: OperationOptions = {}): Promise<ExportedKey> {
		const {memory} = this.#scene;
		const {file, ...rest} = request;
		const [{exportKey}, {assertAbsent, createExportFile}] = await Promise.all([import('../operations/keys/export-key.ts'), import('./export-file.ts')]);
		return this.#change('making a recovery key', options, async () => {
			await assertAbsent(file);
			const exported = await exportKey(memory.session, rest, options.signal);
			await createExportFile(file, exported.bytes);
			memory.remember(state => {
				state.noteKeyUse(exported.slot.id, {exportFile: file});
			}, undefined);
			return exported;
		}, {work: {operation: 'key-export', objects: [`to ${file}`]}, tell: ({slot}) => ({objects: [nameSlot(slot)]})});
	}

	/** Prove that a recovery key opens everything, and remember when. @throws what `checkKeyBackup` of operations/keys throws */
	async check(request: {readonly secret: Secret; readonly exported?: Uint8Array}, options: OperationOptions = {}): Promise<KeyBackupCheck> {
		const {memory} = this.#scene;
		const {storage, runtime} = memory.session;
		const {checkKeyBackup} = await import('../operations/keys/check-key-backup.ts');
		const check = await this.#scene.trail.run({operation: 'key-check'}, async () => checkKeyBackup(storage, request, runtime, options.signal), ({slot}) => ({objects: [nameSlot(slot)]}));
		memory.remember(state => {
			state.noteKeyUse(check.slot.id, {checked: new Date(runtime.now()).toISOString()});
		}, undefined);
		this.#scene.onChange();
		return check;
	}

	/** Exported files that still lie where they were written follow a rotation. */
	async #renewExports(onEvent: EventListener): Promise<void> {
		const {memory} = this.#scene;
		const [{readExport}, {renewExportFile}] = await Promise.all([import('../operations/keys/export-key.ts'), import('./export-file.ts')]);
		const uses = memory.keyUses(onEvent);
		for (const {id, label, isRecovery, removed} of memory.session.keyring.slots) {
			const file = uses.get(id)?.exportFile;
			if (!isRecovery || removed !== undefined || file === undefined) {
				continue;
			}

			const flaw = await renewExportFile(file, await readExport(memory.session, id), id);
			if (flaw !== undefined) {
				memory.warn(`The exported file of the recovery key "${label}" was not renewed: ${flaw}. It still opens everything together with the repository; "coffer key check" tells what it is worth by itself.`, onEvent);
			}
		}
	}

	async #change<Result>(
		subject: string,
		{onEvent = this.#scene.onEvent}: OperationOptions,
		action: (onEvent: EventListener) => Promise<Result>,
		{work, tell}: {readonly work: AuditedWork; readonly tell: (result: Result) => AuditedEnd},
	): Promise<Result> {
		const {memory, trail} = this.#scene;
		try {
			return await trail.run(work, async () => trackActivity(memory, {kind: 'keys', subject, onEvent}, action), tell);
		} finally {
			this.#scene.onChange();
		}
	}
}
