import {Buffer} from 'node:buffer';
import type {AuditRecord} from '../../source/engine/audit/audit-entry.ts';

export const auditKey = Buffer.alloc(32, 9);
export const auditActor = {host: 'test-host', user: 'root, by anna', from: 'terminal', role: 'owner', slot: 'c'.repeat(32)} as const;

/** Something worth noting. */
export const auditRecord = (number: number, change: Partial<AuditRecord> = {}): AuditRecord => ({operation: 'forget', result: 'ok', objects: [`snapshot ${number} of web`], run: String(number).padStart(16, '0'), ...change});
