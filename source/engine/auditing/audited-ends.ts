import type {BackupSummary} from '../operations/back-up-source/back-up-source.ts';
import type {ForgetSummary} from '../operations/forget/forget.ts';
import type {ImportSummary} from '../operations/import-archive/import-archive.ts';
import type {LoadSummary} from '../operations/load-dump/load-request.ts';
import type {PruneSummary} from '../operations/prune/prune-request.ts';
import type {RestoreSummary} from '../operations/restore/restore.ts';
import type {RotateSummary} from '../operations/rotate/rotate-request.ts';
import type {VerifySummary} from '../operations/verify/verify.ts';
import type {SnapshotId} from '../ids.ts';
import type {SlotEntry} from '../repository/repository.ts';
import type {AuditedEnd} from '../audit/audit-trail.ts';

/** A snapshot, as entries name it: `snapshot ID of SOURCE`. */
export const nameSnapshot = ({id, source}: {readonly id: SnapshotId; readonly source: string}): string => `snapshot ${id} of ${source}`;

/** A key slot, as entries name it: `key ID (LABEL)`. */
export const nameSlot = ({id, label}: Pick<SlotEntry, 'id' | 'label'>): string => `key ${id} (${label})`;

const partial = (isPartial: boolean, detail: string): AuditedEnd => isPartial ? {result: 'partial', detail} : {};

export function endOfBackup({snapshot, unreadable}: Pick<BackupSummary, 'snapshot' | 'unreadable'>): AuditedEnd {
	return {objects: snapshot ? [`snapshot ${snapshot.id}`] : [], ...partial(unreadable > 0, `${unreadable} entries could not be read`)};
}

export function endOfImport({snapshot}: ImportSummary): AuditedEnd {
	return {objects: snapshot ? [nameSnapshot(snapshot)] : []};
}

export function endOfVerify({problems, checkedObjects}: VerifySummary): AuditedEnd {
	return problems.length === 0 ? {detail: `${checkedObjects} objects are intact`} : {result: 'partial', detail: `${problems.length} problems in ${checkedObjects} objects`};
}

export function endOfRestore({failed, restored}: RestoreSummary): AuditedEnd {
	return failed === 0 ? {detail: `${restored} entries`} : {result: 'partial', detail: `${failed} entries could not be restored, ${restored} were`};
}

export function endOfLoad({databases, problems}: LoadSummary): AuditedEnd {
	return {objects: databases.map(({name}) => `database ${name}`), ...partial(problems.length > 0, `${problems.length} databases are not as in the dump`)};
}

export function endOfForget({forgotten, lost}: ForgetSummary): AuditedEnd {
	return {objects: [...forgotten.map(snapshot => nameSnapshot(snapshot)), ...lost.map(id => `lost snapshot ${id}`)]};
}

export function endOfPrune({forgotten, packs, freedBytes}: PruneSummary): AuditedEnd {
	return {objects: forgotten.map(snapshot => nameSnapshot(snapshot)), detail: `${packs.removed} packs deleted, ${freedBytes} bytes freed`};
}

export function endOfRotation({epoch, retired, slot, removedSlots}: RotateSummary): AuditedEnd {
	return {objects: [`epoch ${epoch}`, `key ${slot}`, ...removedSlots.map(removed => `removed ${nameSlot(removed)}`), ...retired.map(id => `retired epoch ${id}`)]};
}
